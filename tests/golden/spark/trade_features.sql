SELECT
  `t1`.`account_id`,
  CAST(COALESCE(
    SUM(
      CAST(ROUND(IF(ISNAN(`t1`.`amount_cny`), 0.0, `t1`.`amount_cny`) * 100, 0) AS BIGINT)
    ),
    0
  ) AS BIGINT) / 100 AS `order_value_3m_cny`,
  SUM(CAST(COALESCE(`t1`.`channel` = 'hall', FALSE) AS BIGINT)) AS `orders_hall_3m`,
  SUM(CAST(COALESCE(`t1`.`channel` = 'phone', FALSE) AS BIGINT)) AS `orders_phone_3m`,
  SUM(CAST(COALESCE(`t1`.`channel` = 'pc', FALSE) AS BIGINT)) AS `orders_pc_3m`,
  SUM(CAST(COALESCE(`t1`.`channel` = 'mobile', FALSE) AS BIGINT)) AS `orders_mobile_3m`
FROM (
  SELECT
    *
  FROM `transactions` AS `t0`
  WHERE
    `t0`.`traded_on` >= MAKE_DATE(2025, 4, 2)
    AND `t0`.`traded_on` < MAKE_DATE(2025, 7, 2)
    AND `t0`.`account_id` IS NOT NULL
) AS `t1`
GROUP BY
  1
