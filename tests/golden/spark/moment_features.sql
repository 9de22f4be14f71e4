SELECT
  `t2`.`arm`,
  COUNT(*) AS `rows`,
  COUNT(`t2`.`spend_cny_value`) AS `count`,
  COUNT(*) - COUNT(`t2`.`spend_cny`) AS `spend_cny_missing`,
  COUNT(*) - COUNT(`t2`.`spend_before_cny`) AS `spend_before_cny_missing`,
  COUNT(*) - COUNT(`t2`.`opened`) AS `opened_missing`,
  AVG(`t2`.`spend_cny_value`) AS `spend_cny_mean`,
  AVG(`t2`.`spend_before_cny_value`) AS `spend_before_cny_mean`,
  AVG(`t2`.`opened_value`) AS `opened_mean`,
  VAR_POP(`t2`.`spend_cny_value`) AS `spend_cny__spend_cny_cov`,
  COVAR_POP(`t2`.`spend_cny_value`, `t2`.`spend_before_cny_value`) AS `spend_cny__spend_before_cny_cov`,
  COVAR_POP(`t2`.`spend_cny_value`, `t2`.`opened_value`) AS `spend_cny__opened_cov`,
  VAR_POP(`t2`.`spend_before_cny_value`) AS `spend_before_cny__spend_before_cny_cov`,
  COVAR_POP(`t2`.`spend_before_cny_value`, `t2`.`opened_value`) AS `spend_before_cny__opened_cov`,
  VAR_POP(`t2`.`opened_value`) AS `opened__opened_cov`
FROM (
  SELECT
    `t1`.`arm`,
    `t1`.`spend_cny`,
    `t1`.`spend_before_cny`,
    `t1`.`opened`,
    IF(
      `t1`.`spend_cny` IS NOT NULL
      AND NOT ISNAN(`t1`.`spend_cny`)
      AND (
        `t1`.`spend_before_cny` IS NOT NULL AND NOT ISNAN(`t1`.`spend_before_cny`)
      )
      AND (
        `t1`.`opened` IS NOT NULL AND NOT ISNAN(`t1`.`opened`)
      ),
      `t1`.`spend_cny`,
      NULL
    ) AS `spend_cny_value`,
    IF(
      `t1`.`spend_cny` IS NOT NULL
      AND NOT ISNAN(`t1`.`spend_cny`)
      AND (
        `t1`.`spend_before_cny` IS NOT NULL AND NOT ISNAN(`t1`.`spend_before_cny`)
      )
      AND (
        `t1`.`opened` IS NOT NULL AND NOT ISNAN(`t1`.`opened`)
      ),
      `t1`.`spend_before_cny`,
      NULL
    ) AS `spend_before_cny_value`,
    IF(
      `t1`.`spend_cny` IS NOT NULL
      AND NOT ISNAN(`t1`.`spend_cny`)
      AND (
        `t1`.`spend_before_cny` IS NOT NULL AND NOT ISNAN(`t1`.`spend_before_cny`)
      )
      AND (
        `t1`.`opened` IS NOT NULL AND NOT ISNAN(`t1`.`opened`)
      ),
      `t1`.`opened`,
      NULL
    ) AS `opened_value`
  FROM (
    SELECT
      `t0`.`arm`,
      IF(ISNAN(`t0`.`spend_cny`), NULL, `t0`.`spend_cny`) AS `spend_cny`,
      IF(ISNAN(`t0`.`spend_before_cny`), NULL, `t0`.`spend_before_cny`) AS `spend_before_cny`,
      CAST(`t0`.`opened` AS DOUBLE) AS `opened`
    FROM `units` AS `t0`
  ) AS `t1`
) AS `t2`
GROUP BY
  1
