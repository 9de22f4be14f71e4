SELECT
  "t1"."customer_id",
  "t1"."use_points",
  "t1"."traffic_points",
  "t1"."sessions_points",
  "t1"."use_points" + "t1"."traffic_points" + "t1"."sessions_points" AS "usage_points"
FROM (
  SELECT
    "t0"."customer_id",
    CAST(CASE "t0"."use_level" WHEN 0 THEN 0 WHEN 1 THEN 4 WHEN 2 THEN 6 ELSE 8 END AS BIGINT) AS "use_points",
    CAST(CASE
      WHEN "t0"."traffic_mb_mean" < 1
      THEN 2
      WHEN "t0"."traffic_mb_mean" <= 10
      THEN 4
      ELSE 6
    END AS BIGINT) AS "traffic_points",
    CAST(CASE
      WHEN "t0"."sessions_mean" <= 5
      THEN 2
      WHEN "t0"."sessions_mean" <= 10
      THEN 4
      ELSE 6
    END AS BIGINT) AS "sessions_points"
  FROM "features" AS "t0"
) AS "t1"
