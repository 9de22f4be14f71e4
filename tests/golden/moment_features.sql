SELECT
  "t2"."arm",
  COUNT(*) AS "rows",
  COUNT("t2"."spend_cny_value") AS "count",
  COUNT(*) - COUNT("t2"."spend_cny") AS "spend_cny_missing",
  COUNT(*) - COUNT("t2"."spend_before_cny") AS "spend_before_cny_missing",
  COUNT(*) - COUNT("t2"."opened") AS "opened_missing",
  AVG("t2"."spend_cny_value") AS "spend_cny_mean",
  AVG("t2"."spend_before_cny_value") AS "spend_before_cny_mean",
  AVG("t2"."opened_value") AS "opened_mean",
  VAR_POP("t2"."spend_cny_value") AS "spend_cny__spend_cny_cov",
  COVAR_POP("t2"."spend_cny_value", "t2"."spend_before_cny_value") AS "spend_cny__spend_before_cny_cov",
  COVAR_POP("t2"."spend_cny_value", "t2"."opened_value") AS "spend_cny__opened_cov",
  VAR_POP("t2"."spend_before_cny_value") AS "spend_before_cny__spend_before_cny_cov",
  COVAR_POP("t2"."spend_before_cny_value", "t2"."opened_value") AS "spend_before_cny__opened_cov",
  VAR_POP("t2"."opened_value") AS "opened__opened_cov"
FROM (
  SELECT
    "t1"."arm",
    "t1"."spend_cny",
    "t1"."spend_before_cny",
    "t1"."opened",
    CASE
      WHEN (
        "t1"."spend_cny" IS NOT NULL
      )
      AND (
        "t1"."spend_before_cny" IS NOT NULL
      )
      AND (
        "t1"."opened" IS NOT NULL
      )
      THEN "t1"."spend_cny"
      ELSE NULL
    END AS "spend_cny_value",
    CASE
      WHEN (
        "t1"."spend_cny" IS NOT NULL
      )
      AND (
        "t1"."spend_before_cny" IS NOT NULL
      )
      AND (
        "t1"."opened" IS NOT NULL
      )
      THEN "t1"."spend_before_cny"
      ELSE NULL
    END AS "spend_before_cny_value",
    CASE
      WHEN (
        "t1"."spend_cny" IS NOT NULL
      )
      AND (
        "t1"."spend_before_cny" IS NOT NULL
      )
      AND (
        "t1"."opened" IS NOT NULL
      )
      THEN "t1"."opened"
      ELSE NULL
    END AS "opened_value"
  FROM (
    SELECT
      "t0"."arm",
      CASE WHEN ISNAN("t0"."spend_cny") THEN NULL ELSE "t0"."spend_cny" END AS "spend_cny",
      CASE WHEN ISNAN("t0"."spend_before_cny") THEN NULL ELSE "t0"."spend_before_cny" END AS "spend_before_cny",
      CAST("t0"."opened" AS DOUBLE) AS "opened"
    FROM "units" AS "t0"
  ) AS "t1"
) AS "t2"
GROUP BY
  1
