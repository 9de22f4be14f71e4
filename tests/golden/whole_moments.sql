SELECT
  "t1"."arm",
  COUNT(*) AS "rows",
  COUNT("t1"."spend_cny") AS "spend_cny_count",
  COUNT("t1"."orders") AS "orders_count",
  COUNT("t1"."opened") AS "opened_count",
  AVG("t1"."spend_cny") AS "spend_cny_mean",
  AVG("t1"."orders") AS "orders_mean",
  AVG("t1"."opened") AS "opened_mean",
  VAR_POP("t1"."spend_cny") AS "spend_cny__spend_cny_cov",
  COVAR_POP("t1"."spend_cny", "t1"."orders") AS "spend_cny__orders_cov",
  COVAR_POP("t1"."spend_cny", "t1"."opened") AS "spend_cny__opened_cov",
  VAR_POP("t1"."orders") AS "orders__orders_cov",
  COVAR_POP("t1"."orders", "t1"."opened") AS "orders__opened_cov",
  AVG("t1"."opened") * (
    1 - AVG("t1"."opened")
  ) AS "opened__opened_cov"
FROM (
  SELECT
    "t0"."arm",
    "t0"."spend_cny",
    CAST("t0"."orders" AS DOUBLE) AS "orders",
    CAST("t0"."opened" AS DOUBLE) AS "opened"
  FROM "units" AS "t0"
) AS "t1"
GROUP BY
  1
