SELECT
  "t2"."arm",
  COUNT(*) AS "rows",
  COUNT("t2"."spend_value") AS "count",
  COUNT(*) - COUNT("t2"."spend") AS "spend_missing",
  COUNT(*) - COUNT("t2"."orders") AS "orders_missing",
  AVG("t2"."spend_value") AS "spend_mean",
  AVG("t2"."orders_value") AS "orders_mean",
  VAR_POP("t2"."spend_value") AS "spend__spend_cov",
  COVAR_POP("t2"."spend_value", "t2"."orders_value") AS "spend__orders_cov",
  VAR_POP("t2"."orders_value") AS "orders__orders_cov"
FROM (
  SELECT
    "t1"."arm",
    "t1"."spend",
    "t1"."orders",
    CASE
      WHEN (
        "t1"."spend" IS NOT NULL
      ) AND (
        "t1"."orders" IS NOT NULL
      )
      THEN "t1"."spend"
      ELSE NULL
    END AS "spend_value",
    CASE
      WHEN (
        "t1"."spend" IS NOT NULL
      ) AND (
        "t1"."orders" IS NOT NULL
      )
      THEN "t1"."orders"
      ELSE NULL
    END AS "orders_value"
  FROM (
    SELECT
      "t0"."arm",
      CASE WHEN ISNAN("t0"."spend") THEN NULL ELSE "t0"."spend" END AS "spend",
      CAST("t0"."orders" AS DOUBLE) AS "orders"
    FROM "units" AS "t0"
  ) AS "t1"
) AS "t2"
GROUP BY
  1
