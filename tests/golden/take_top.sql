SELECT
  *
FROM "points" AS "t0"
ORDER BY
  "t0"."points" DESC,
  "t0"."customer_id" ASC
LIMIT 5000
