SELECT
  *
FROM (
  SELECT
    `t36`.`customer_id`,
    `t36`.`points`,
    (
      ROW_NUMBER() OVER (ORDER BY `t36`.`points` DESC, `t36`.`customer_id` ASC NULLS LAST) - 1
    ) + 1 AS `rank`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t33`.`customer_id`,
        `t33`.`points`
      FROM (
        SELECT
          *
        FROM (
          SELECT
            `t30`.`customer_id`,
            CAST(0 + CASE
              WHEN ABS(CAST(`t30`.`use_level` AS DOUBLE)) <= 1.7976931348623157e+308
              THEN CASE
                WHEN CAST(`t30`.`use_level` AS DOUBLE) < 1.0
                THEN 0
                WHEN CAST(`t30`.`use_level` AS DOUBLE) < 2.0
                THEN 4
                WHEN CAST(`t30`.`use_level` AS DOUBLE) < 3.0
                THEN 6
                ELSE 8
              END
              ELSE 0
            END + CASE
              WHEN ABS(`t30`.`traffic_mb_mean`) <= 1.7976931348623157e+308
              THEN CASE
                WHEN `t30`.`traffic_mb_mean` < 1.0
                THEN 2
                WHEN `t30`.`traffic_mb_mean` <= 10.0
                THEN 4
                ELSE 6
              END
              ELSE 0
            END + CASE
              WHEN ABS(`t30`.`sessions_mean`) <= 1.7976931348623157e+308
              THEN CASE
                WHEN `t30`.`sessions_mean` <= 5.0
                THEN 2
                WHEN `t30`.`sessions_mean` <= 10.0
                THEN 4
                ELSE 6
              END
              ELSE 0
            END AS INT) AS `points`
          FROM (
            SELECT
              `t6`.`customer_id`,
              `t6`.`city`,
              COALESCE(`t27`.`used_months_12m`, 0) AS `used_months_12m`,
              COALESCE(`t27`.`use_streak_months`, 0) AS `use_streak_months`,
              COALESCE(`t27`.`use_level`, 0) AS `use_level`,
              COALESCE(`t27`.`traffic_mb_mean`, 0) AS `traffic_mb_mean`,
              COALESCE(`t27`.`sessions_mean`, 0) AS `sessions_mean`,
              COALESCE(`t27`.`spend_cny_mean`, 0) AS `spend_cny_mean`,
              CAST(COALESCE(`t27`.`bank_calls_3m`, 0) AS BIGINT) AS `bank_calls_3m`,
              CAST(COALESCE(`t27`.`broker_calls_3m`, 0) AS BIGINT) AS `broker_calls_3m`,
              CAST(COALESCE(`t27`.`fund_calls_3m`, 0) AS BIGINT) AS `fund_calls_3m`,
              CAST(COALESCE(`t27`.`branch_days_3m`, 0) AS BIGINT) AS `branch_days_3m`,
              CAST(COALESCE(`t27`.`pushes_received_3m`, 0) AS BIGINT) AS `pushes_received_3m`,
              CAST(COALESCE(`t27`.`pushes_answered_3m`, 0) AS BIGINT) AS `pushes_answered_3m`,
              CAST(COALESCE(`t29`.`holder_calls`, 0) AS BIGINT) AS `holder_calls`,
              COALESCE(`t29`.`holder_contacts`, 0) AS `holder_contacts`,
              CAST(COALESCE(`t29`.`staff_calls`, 0) AS BIGINT) AS `staff_calls`,
              COALESCE(`t16`.`products_held`, 0) AS `products_held`
            FROM `people` AS `t6`
            LEFT OUTER JOIN (
              SELECT
                `t23`.`customer_id`,
                `t23`.`used_months_12m`,
                `t23`.`use_streak_months`,
                GREATEST(`t23`.`use_streak_months`, CAST(`t23`.`used_months_12m` > 0 AS BIGINT)) AS `use_level`,
                CASE `t23`.`use_streak_months`
                  WHEN 2
                  THEN (
                    `t23`.`traffic_mb_0` + `t23`.`traffic_mb_1`
                  ) / 2
                  WHEN 3
                  THEN (
                    `t23`.`traffic_mb_0` + `t23`.`traffic_mb_1` + `t23`.`traffic_mb_2`
                  ) / 3
                  ELSE `t23`.`traffic_mb_0`
                END AS `traffic_mb_mean`,
                CASE `t23`.`use_streak_months`
                  WHEN 2
                  THEN (
                    `t23`.`sessions_0` + `t23`.`sessions_1`
                  ) / 2
                  WHEN 3
                  THEN (
                    `t23`.`sessions_0` + `t23`.`sessions_1` + `t23`.`sessions_2`
                  ) / 3
                  ELSE CAST(`t23`.`sessions_0` AS DOUBLE)
                END AS `sessions_mean`,
                CASE `t23`.`use_streak_months`
                  WHEN 2
                  THEN (
                    `t23`.`spend_cny_0` + `t23`.`spend_cny_1`
                  ) / 2
                  WHEN 3
                  THEN (
                    `t23`.`spend_cny_0` + `t23`.`spend_cny_1` + `t23`.`spend_cny_2`
                  ) / 3
                  ELSE `t23`.`spend_cny_0`
                END AS `spend_cny_mean`,
                `t23`.`bank_calls_3m`,
                `t23`.`broker_calls_3m`,
                `t23`.`fund_calls_3m`,
                `t23`.`branch_days_3m`,
                `t23`.`pushes_received_3m`,
                `t23`.`pushes_answered_3m`
              FROM (
                SELECT
                  `t18`.`customer_id`,
                  `t18`.`used_months_12m`,
                  `t18`.`traffic_mb_0`,
                  `t18`.`traffic_mb_1`,
                  `t18`.`traffic_mb_2`,
                  `t18`.`sessions_0`,
                  `t18`.`sessions_1`,
                  `t18`.`sessions_2`,
                  `t18`.`spend_cny_0`,
                  `t18`.`spend_cny_1`,
                  `t18`.`spend_cny_2`,
                  `t18`.`bank_calls_3m`,
                  `t18`.`broker_calls_3m`,
                  `t18`.`fund_calls_3m`,
                  `t18`.`branch_days_3m`,
                  `t18`.`pushes_received_3m`,
                  `t18`.`pushes_answered_3m`,
                  CAST(`t18`.`traffic_mb_0` > 0 AS BIGINT) + (
                    CAST(`t18`.`traffic_mb_0` > 0 AS BIGINT) * CAST(`t18`.`traffic_mb_1` > 0 AS BIGINT)
                  ) + (
                    CAST(`t18`.`traffic_mb_0` > 0 AS BIGINT) * CAST(`t18`.`traffic_mb_1` > 0 AS BIGINT) * CAST(`t18`.`traffic_mb_2` > 0 AS BIGINT)
                  ) AS `use_streak_months`
                FROM (
                  SELECT
                    `t13`.`customer_id`,
                    SUM(CAST(`t13`.`traffic_mb` > 0 AS BIGINT)) AS `used_months_12m`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 0, `t13`.`traffic_mb`, NULL)), 0) AS `traffic_mb_0`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 1, `t13`.`traffic_mb`, NULL)), 0) AS `traffic_mb_1`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 2, `t13`.`traffic_mb`, NULL)), 0) AS `traffic_mb_2`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 0, `t13`.`sessions`, NULL)), 0) AS `sessions_0`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 1, `t13`.`sessions`, NULL)), 0) AS `sessions_1`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 2, `t13`.`sessions`, NULL)), 0) AS `sessions_2`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 0, `t13`.`spend_cny`, NULL)), 0) AS `spend_cny_0`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 1, `t13`.`spend_cny`, NULL)), 0) AS `spend_cny_1`,
                    COALESCE(MAX(IF(`t13`.`months_ago` = 2, `t13`.`spend_cny`, NULL)), 0) AS `spend_cny_2`,
                    CAST(COALESCE(SUM(IF(`t13`.`months_ago` < 3, `t13`.`bank_calls`, NULL)), 0) AS BIGINT) AS `bank_calls_3m`,
                    CAST(COALESCE(SUM(IF(`t13`.`months_ago` < 3, `t13`.`broker_calls`, NULL)), 0) AS BIGINT) AS `broker_calls_3m`,
                    CAST(COALESCE(SUM(IF(`t13`.`months_ago` < 3, `t13`.`fund_calls`, NULL)), 0) AS BIGINT) AS `fund_calls_3m`,
                    CAST(COALESCE(SUM(IF(`t13`.`months_ago` < 3, `t13`.`branch_days`, NULL)), 0) AS BIGINT) AS `branch_days_3m`,
                    CAST(COALESCE(SUM(IF(`t13`.`months_ago` < 3, `t13`.`pushes_received`, NULL)), 0) AS BIGINT) AS `pushes_received_3m`,
                    CAST(COALESCE(SUM(IF(`t13`.`months_ago` < 3, `t13`.`pushes_answered`, NULL)), 0) AS BIGINT) AS `pushes_answered_3m`
                  FROM (
                    SELECT
                      `t3`.`customer_id`,
                      `t3`.`bank_calls`,
                      `t3`.`broker_calls`,
                      `t3`.`fund_calls`,
                      `t3`.`branch_days`,
                      `t3`.`pushes_received`,
                      `t3`.`pushes_answered`,
                      COALESCE(IF(ISNAN(`t3`.`traffic_mb`), 0.0, `t3`.`traffic_mb`), 0.0) AS `traffic_mb`,
                      COALESCE(`t3`.`sessions`, 0) AS `sessions`,
                      COALESCE(IF(ISNAN(`t3`.`spend_cny`), 0.0, `t3`.`spend_cny`), 0.0) AS `spend_cny`,
                      24306 - (
                        (
                          EXTRACT(year FROM `t3`.`month`) * 12
                        ) + EXTRACT(month FROM `t3`.`month`)
                      ) AS `months_ago`
                    FROM `monthly_usage` AS `t3`
                    WHERE
                      `t3`.`month` >= MAKE_DATE(2024, 7, 1)
                      AND `t3`.`month` < MAKE_DATE(2025, 7, 1)
                      AND `t3`.`customer_id` IS NOT NULL
                  ) AS `t13`
                  GROUP BY
                    1
                ) AS `t18`
              ) AS `t23`
            ) AS `t27`
              ON `t6`.`customer_id` = `t27`.`customer_id`
            LEFT OUTER JOIN (
              SELECT
                `t25`.`customer_id`,
                `t25`.`holder_calls`,
                `t25`.`holder_contacts`,
                `t25`.`staff_calls`
              FROM (
                SELECT
                  `t24`.`customer_id`,
                  BOOL_OR(`t24`.`was_called` AND `t24`.`is_holder`) AS `called_holder`,
                  BOOL_OR(`t24`.`was_caller` AND `t24`.`is_holder`) AS `called_by_holder`,
                  CAST(COALESCE(SUM(IF(`t24`.`is_holder`, `t24`.`calls`, NULL)), 0) AS BIGINT) AS `holder_calls`,
                  SUM(CAST(`t24`.`is_holder` AS BIGINT)) AS `holder_contacts`,
                  DATEDIFF(DAY, MAX(IF(`t24`.`is_holder`, `t24`.`last_call_on`, NULL)), MAKE_DATE(2025, 7, 1)) AS `days_since_holder_call`,
                  BOOL_OR(`t24`.`was_called` AND `t24`.`is_staff`) AS `called_staff`,
                  BOOL_OR(`t24`.`was_caller` AND `t24`.`is_staff`) AS `called_by_staff`,
                  CAST(COALESCE(SUM(IF(`t24`.`is_staff`, `t24`.`calls`, NULL)), 0) AS BIGINT) AS `staff_calls`,
                  SUM(CAST(`t24`.`is_staff` AS BIGINT)) AS `staff_contacts`,
                  DATEDIFF(DAY, MAX(IF(`t24`.`is_staff`, `t24`.`last_call_on`, NULL)), MAKE_DATE(2025, 7, 1)) AS `days_since_staff_call`,
                  BOOL_OR(`t24`.`was_called` AND `t24`.`is_member`) AS `called_member`,
                  BOOL_OR(`t24`.`was_caller` AND `t24`.`is_member`) AS `called_by_member`,
                  CAST(COALESCE(SUM(IF(`t24`.`is_member`, `t24`.`calls`, NULL)), 0) AS BIGINT) AS `member_calls`,
                  SUM(CAST(`t24`.`is_member` AS BIGINT)) AS `member_contacts`,
                  DATEDIFF(DAY, MAX(IF(`t24`.`is_member`, `t24`.`last_call_on`, NULL)), MAKE_DATE(2025, 7, 1)) AS `days_since_member_call`
                FROM (
                  SELECT
                    `t22`.`customer_id`,
                    `t22`.`contact_id`,
                    `t22`.`is_holder`,
                    `t22`.`is_staff`,
                    `t22`.`calls`,
                    `t22`.`was_called`,
                    `t22`.`was_caller`,
                    `t22`.`last_call_on`,
                    TRUE AS `is_member`
                  FROM (
                    SELECT
                      `t21`.`customer_id`,
                      `t21`.`contact_id`,
                      `t21`.`is_holder`,
                      `t21`.`is_staff`,
                      COUNT(*) AS `calls`,
                      BOOL_OR(`t21`.`is_made`) AS `was_called`,
                      BOOL_OR(NOT (
                        `t21`.`is_made`
                      )) AS `was_caller`,
                      MAX(`t21`.`called_on`) AS `last_call_on`
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          `t12`.`caller_id` AS `customer_id`,
                          `t12`.`callee_id` AS `contact_id`,
                          `t12`.`called_on`,
                          TRUE AS `is_made`,
                          `t17`.`is_holder`,
                          `t17`.`is_staff`
                        FROM (
                          SELECT
                            *
                          FROM `calls` AS `t4`
                          WHERE
                            `t4`.`called_on` >= MAKE_DATE(2025, 4, 3)
                            AND `t4`.`called_on` < MAKE_DATE(2025, 7, 2)
                            AND `t4`.`caller_id` <> `t4`.`callee_id`
                        ) AS `t12`
                        INNER JOIN (
                          SELECT
                            `t9`.`customer_id`,
                            BOOL_OR(`t9`.`kind` = 'account_holder') AS `is_holder`,
                            BOOL_OR(`t9`.`kind` = 'staff') AS `is_staff`
                          FROM (
                            SELECT
                              *
                            FROM `members` AS `t5`
                            WHERE
                              `t5`.`kind` IN ('account_holder', 'staff')
                          ) AS `t9`
                          GROUP BY
                            1
                        ) AS `t17`
                          ON `t12`.`callee_id` = `t17`.`customer_id`
                      ) AS `t19`
                      UNION ALL
                      SELECT
                        *
                      FROM (
                        SELECT
                          `t12`.`callee_id` AS `customer_id`,
                          `t12`.`caller_id` AS `contact_id`,
                          `t12`.`called_on`,
                          FALSE AS `is_made`,
                          `t17`.`is_holder`,
                          `t17`.`is_staff`
                        FROM (
                          SELECT
                            *
                          FROM `calls` AS `t4`
                          WHERE
                            `t4`.`called_on` >= MAKE_DATE(2025, 4, 3)
                            AND `t4`.`called_on` < MAKE_DATE(2025, 7, 2)
                            AND `t4`.`caller_id` <> `t4`.`callee_id`
                        ) AS `t12`
                        INNER JOIN (
                          SELECT
                            `t9`.`customer_id`,
                            BOOL_OR(`t9`.`kind` = 'account_holder') AS `is_holder`,
                            BOOL_OR(`t9`.`kind` = 'staff') AS `is_staff`
                          FROM (
                            SELECT
                              *
                            FROM `members` AS `t5`
                            WHERE
                              `t5`.`kind` IN ('account_holder', 'staff')
                          ) AS `t9`
                          GROUP BY
                            1
                        ) AS `t17`
                          ON `t12`.`caller_id` = `t17`.`customer_id`
                      ) AS `t20`
                    ) AS `t21`
                    GROUP BY
                      1,
                      2,
                      3,
                      4
                  ) AS `t22`
                ) AS `t24`
                GROUP BY
                  1
              ) AS `t25`
            ) AS `t29`
              ON `t6`.`customer_id` = `t29`.`customer_id`
            LEFT OUTER JOIN (
              SELECT
                `t11`.`customer_id`,
                COUNT(DISTINCT `t11`.`product_id`) AS `products_held`
              FROM (
                SELECT
                  *
                FROM `holdings` AS `t2`
                WHERE
                  `t2`.`since` < MAKE_DATE(2025, 7, 2)
                  AND (
                    (
                      `t2`.`until` IS NULL
                    ) OR (
                      `t2`.`until` >= MAKE_DATE(2025, 7, 2)
                    )
                  )
                  AND `t2`.`customer_id` IS NOT NULL
              ) AS `t11`
              GROUP BY
                1
            ) AS `t16`
              ON `t6`.`customer_id` = `t16`.`customer_id`
          ) AS `t30`
        ) AS `t31`
        WHERE
          `t31`.`points` IS NOT NULL AND `t31`.`customer_id` IS NOT NULL
      ) AS `t33`
      LEFT ANTI JOIN (
        SELECT DISTINCT
          CAST(`t0`.`customer_id` AS BIGINT) AS `customer_id`
        FROM `opt_outs` AS `t0`
      ) AS `t10`
        ON `t33`.`customer_id` = `t10`.`customer_id`
    ) AS `t34`
    ORDER BY
      `t34`.`points` DESC,
      `t34`.`customer_id` ASC NULLS LAST
    LIMIT 500
  ) AS `t36`
) AS `t37`
ORDER BY
  `t37`.`rank` ASC NULLS LAST
