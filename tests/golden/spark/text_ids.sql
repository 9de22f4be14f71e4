SELECT
  *
FROM (
  SELECT
    `t2`.`customer_id`,
    `t2`.`points`,
    (
      ROW_NUMBER() OVER (ORDER BY `t2`.`points` DESC, `t2`.`customer_id` ASC NULLS LAST) - 1
    ) + 1 AS `rank`
  FROM (
    SELECT
      *
    FROM `text_ids` AS `t0`
    WHERE
      `t0`.`points` IS NOT NULL AND `t0`.`customer_id` IS NOT NULL
    ORDER BY
      `t0`.`points` DESC,
      `t0`.`customer_id` ASC NULLS LAST
    LIMIT 100
  ) AS `t2`
) AS `t3`
ORDER BY
  `t3`.`rank` ASC NULLS LAST
