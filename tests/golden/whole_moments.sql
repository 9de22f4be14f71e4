SELECT
  "t1"."arm",
  COUNT(*) AS "rows",
  COUNT("t1"."spend") AS "spend_count",
  COUNT("t1"."orders") AS "orders_count",
  COUNT("t1"."sold") AS "sold_count",
  AVG("t1"."spend") AS "spend_mean",
  AVG("t1"."orders") AS "orders_mean",
  AVG("t1"."sold") AS "sold_mean",
  VAR_POP("t1"."spend") AS "spend__spend_cov",
  COVAR_POP("t1"."spend", "t1"."orders") AS "spend__orders_cov",
  VAR_POP("t1"."orders") AS "orders__orders_cov",
  AVG("t1"."sold") * (
    1 - AVG("t1"."sold")
  ) AS "sold__sold_cov"
FROM (
  SELECT
    "t0"."arm",
    "t0"."spend",
    CAST("t0"."orders" AS DOUBLE) AS "orders",
    CAST("t0"."sold" AS DOUBLE) AS "sold"
  FROM "units" AS "t0"
) AS "t1"
GROUP BY
  1
