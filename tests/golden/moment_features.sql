SELECT
  "t1"."arm",
  COUNT(*) AS "rows",
  COUNT(*) FILTER(WHERE
    "t1"."is_known") AS "count",
  COUNT(*) FILTER(WHERE
    "t1"."spend_absent") AS "spend_missing",
  COUNT(*) FILTER(WHERE
    "t1"."orders_absent") AS "orders_missing",
  AVG("t1"."spend_value") AS "spend_mean",
  AVG("t1"."orders_value") AS "orders_mean",
  VAR_POP("t1"."spend_value") AS "spend__spend_cov",
  COVAR_POP("t1"."spend_value", "t1"."orders_value") AS "spend__orders_cov",
  VAR_POP("t1"."orders_value") AS "orders__orders_cov"
FROM (
  SELECT
    "t0"."arm",
    (
      "t0"."spend" IS NULL
    ) OR ISNAN("t0"."spend") AS "spend_absent",
    "t0"."orders" IS NULL AS "orders_absent",
    NOT (
      (
        "t0"."spend" IS NULL
      ) OR ISNAN("t0"."spend")
    )
    AND NOT (
      "t0"."orders" IS NULL
    ) AS "is_known",
    CASE
      WHEN NOT (
        (
          "t0"."spend" IS NULL
        ) OR ISNAN("t0"."spend")
      )
      AND NOT (
        "t0"."orders" IS NULL
      )
      THEN "t0"."spend"
      ELSE NULL
    END AS "spend_value",
    CASE
      WHEN NOT (
        (
          "t0"."spend" IS NULL
        ) OR ISNAN("t0"."spend")
      )
      AND NOT (
        "t0"."orders" IS NULL
      )
      THEN CAST("t0"."orders" AS DOUBLE)
      ELSE NULL
    END AS "orders_value"
  FROM "units" AS "t0"
) AS "t1"
GROUP BY
  1
