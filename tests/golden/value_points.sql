SELECT
  "t4"."account_id",
  "t4"."recency_days",
  "t4"."frequency",
  "t4"."value_cny",
  "t4"."recency_points",
  "t4"."frequency_points",
  "t4"."value_points",
  "t4"."recency_points" + "t4"."frequency_points" + "t4"."value_points" AS "rfm_points"
FROM (
  SELECT
    "t1"."account_id",
    "t1"."recency_days",
    "t1"."frequency",
    "t1"."value_cny",
    5 - (
      CAST("t1"."recency_days" > LIST_EXTRACT("t3"."recency_days_cuts", 1) AS BIGINT) + CAST("t1"."recency_days" > LIST_EXTRACT("t3"."recency_days_cuts", 2) AS BIGINT) + CAST("t1"."recency_days" > LIST_EXTRACT("t3"."recency_days_cuts", 3) AS BIGINT) + CAST("t1"."recency_days" > LIST_EXTRACT("t3"."recency_days_cuts", 4) AS BIGINT)
    ) AS "recency_points",
    CAST("t1"."frequency" > LIST_EXTRACT("t3"."frequency_cuts", 1) AS BIGINT) + CAST("t1"."frequency" > LIST_EXTRACT("t3"."frequency_cuts", 2) AS BIGINT) + CAST("t1"."frequency" > LIST_EXTRACT("t3"."frequency_cuts", 3) AS BIGINT) + CAST("t1"."frequency" > LIST_EXTRACT("t3"."frequency_cuts", 4) AS BIGINT) + 1 AS "frequency_points",
    CAST("t1"."value_cny" > LIST_EXTRACT("t3"."value_cny_cuts", 1) AS BIGINT) + CAST("t1"."value_cny" > LIST_EXTRACT("t3"."value_cny_cuts", 2) AS BIGINT) + CAST("t1"."value_cny" > LIST_EXTRACT("t3"."value_cny_cuts", 3) AS BIGINT) + CAST("t1"."value_cny" > LIST_EXTRACT("t3"."value_cny_cuts", 4) AS BIGINT) + 1 AS "value_points"
  FROM "features" AS "t1"
  CROSS JOIN (
    SELECT
      QUANTILE_CONT("t0"."recency_days", [0.2, 0.4, 0.6, 0.8]) AS "recency_days_cuts",
      QUANTILE_CONT("t0"."frequency", [0.2, 0.4, 0.6, 0.8]) AS "frequency_cuts",
      QUANTILE_CONT("t0"."value_cny", [0.2, 0.4, 0.6, 0.8]) AS "value_cny_cuts"
    FROM "features" AS "t0"
  ) AS "t3"
) AS "t4"
