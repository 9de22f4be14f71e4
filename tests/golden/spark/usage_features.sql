SELECT
  `t3`.`customer_id`,
  `t3`.`used_months_12m`,
  `t3`.`use_streak_months`,
  GREATEST(`t3`.`use_streak_months`, CAST(`t3`.`used_months_12m` > 0 AS BIGINT)) AS `use_level`,
  CASE `t3`.`use_streak_months`
    WHEN 2
    THEN (
      `t3`.`traffic_mb_0` + `t3`.`traffic_mb_1`
    ) / 2
    WHEN 3
    THEN (
      `t3`.`traffic_mb_0` + `t3`.`traffic_mb_1` + `t3`.`traffic_mb_2`
    ) / 3
    ELSE `t3`.`traffic_mb_0`
  END AS `traffic_mb_mean`,
  CASE `t3`.`use_streak_months`
    WHEN 2
    THEN (
      `t3`.`sessions_0` + `t3`.`sessions_1`
    ) / 2
    WHEN 3
    THEN (
      `t3`.`sessions_0` + `t3`.`sessions_1` + `t3`.`sessions_2`
    ) / 3
    ELSE CAST(`t3`.`sessions_0` AS DOUBLE)
  END AS `sessions_mean`,
  CASE `t3`.`use_streak_months`
    WHEN 2
    THEN (
      `t3`.`spend_cny_0` + `t3`.`spend_cny_1`
    ) / 2
    WHEN 3
    THEN (
      `t3`.`spend_cny_0` + `t3`.`spend_cny_1` + `t3`.`spend_cny_2`
    ) / 3
    ELSE `t3`.`spend_cny_0`
  END AS `spend_cny_mean`,
  `t3`.`bank_calls_3m`,
  `t3`.`broker_calls_3m`,
  `t3`.`fund_calls_3m`,
  `t3`.`branch_days_3m`,
  `t3`.`pushes_received_3m`,
  `t3`.`pushes_answered_3m`
FROM (
  SELECT
    `t2`.`customer_id`,
    `t2`.`used_months_12m`,
    `t2`.`traffic_mb_0`,
    `t2`.`traffic_mb_1`,
    `t2`.`traffic_mb_2`,
    `t2`.`sessions_0`,
    `t2`.`sessions_1`,
    `t2`.`sessions_2`,
    `t2`.`spend_cny_0`,
    `t2`.`spend_cny_1`,
    `t2`.`spend_cny_2`,
    `t2`.`bank_calls_3m`,
    `t2`.`broker_calls_3m`,
    `t2`.`fund_calls_3m`,
    `t2`.`branch_days_3m`,
    `t2`.`pushes_received_3m`,
    `t2`.`pushes_answered_3m`,
    CAST(`t2`.`traffic_mb_0` > 0 AS BIGINT) + (
      CAST(`t2`.`traffic_mb_0` > 0 AS BIGINT) * CAST(`t2`.`traffic_mb_1` > 0 AS BIGINT)
    ) + (
      CAST(`t2`.`traffic_mb_0` > 0 AS BIGINT) * CAST(`t2`.`traffic_mb_1` > 0 AS BIGINT) * CAST(`t2`.`traffic_mb_2` > 0 AS BIGINT)
    ) AS `use_streak_months`
  FROM (
    SELECT
      `t1`.`customer_id`,
      SUM(CAST(`t1`.`traffic_mb` > 0 AS BIGINT)) AS `used_months_12m`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 0, `t1`.`traffic_mb`, NULL)), 0) AS `traffic_mb_0`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 1, `t1`.`traffic_mb`, NULL)), 0) AS `traffic_mb_1`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 2, `t1`.`traffic_mb`, NULL)), 0) AS `traffic_mb_2`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 0, `t1`.`sessions`, NULL)), 0) AS `sessions_0`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 1, `t1`.`sessions`, NULL)), 0) AS `sessions_1`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 2, `t1`.`sessions`, NULL)), 0) AS `sessions_2`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 0, `t1`.`spend_cny`, NULL)), 0) AS `spend_cny_0`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 1, `t1`.`spend_cny`, NULL)), 0) AS `spend_cny_1`,
      COALESCE(MAX(IF(`t1`.`months_ago` = 2, `t1`.`spend_cny`, NULL)), 0) AS `spend_cny_2`,
      CAST(COALESCE(SUM(IF(`t1`.`months_ago` < 3, `t1`.`bank_calls`, NULL)), 0) AS BIGINT) AS `bank_calls_3m`,
      CAST(COALESCE(SUM(IF(`t1`.`months_ago` < 3, `t1`.`broker_calls`, NULL)), 0) AS BIGINT) AS `broker_calls_3m`,
      CAST(COALESCE(SUM(IF(`t1`.`months_ago` < 3, `t1`.`fund_calls`, NULL)), 0) AS BIGINT) AS `fund_calls_3m`,
      CAST(COALESCE(SUM(IF(`t1`.`months_ago` < 3, `t1`.`branch_days`, NULL)), 0) AS BIGINT) AS `branch_days_3m`,
      CAST(COALESCE(SUM(IF(`t1`.`months_ago` < 3, `t1`.`pushes_received`, NULL)), 0) AS BIGINT) AS `pushes_received_3m`,
      CAST(COALESCE(SUM(IF(`t1`.`months_ago` < 3, `t1`.`pushes_answered`, NULL)), 0) AS BIGINT) AS `pushes_answered_3m`
    FROM (
      SELECT
        `t0`.`customer_id`,
        `t0`.`bank_calls`,
        `t0`.`broker_calls`,
        `t0`.`fund_calls`,
        `t0`.`branch_days`,
        `t0`.`pushes_received`,
        `t0`.`pushes_answered`,
        COALESCE(IF(ISNAN(`t0`.`traffic_mb`), 0.0, `t0`.`traffic_mb`), 0.0) AS `traffic_mb`,
        COALESCE(`t0`.`sessions`, 0) AS `sessions`,
        COALESCE(IF(ISNAN(`t0`.`spend_cny`), 0.0, `t0`.`spend_cny`), 0.0) AS `spend_cny`,
        24306 - (
          (
            EXTRACT(year FROM `t0`.`month`) * 12
          ) + EXTRACT(month FROM `t0`.`month`)
        ) AS `months_ago`
      FROM `monthly_usage` AS `t0`
      WHERE
        `t0`.`month` >= MAKE_DATE(2024, 7, 1)
        AND `t0`.`month` < MAKE_DATE(2025, 7, 1)
        AND `t0`.`customer_id` IS NOT NULL
    ) AS `t1`
    GROUP BY
      1
  ) AS `t2`
) AS `t3`
