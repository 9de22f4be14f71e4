SELECT
  "t1"."customer_id",
  COUNT(DISTINCT "t1"."product_id") AS "products_held"
FROM (
  SELECT
    *
  FROM "holdings" AS "t0"
  WHERE
    "t0"."since" < MAKE_DATE(2025, 7, 2)
    AND (
      (
        "t0"."until" IS NULL
      ) OR (
        "t0"."until" >= MAKE_DATE(2025, 7, 2)
      )
    )
    AND "t0"."customer_id" IS NOT NULL
) AS "t1"
GROUP BY
  1
