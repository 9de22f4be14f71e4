SELECT
  "t5"."customer_id",
  "t5"."city",
  COALESCE("t24"."used_months_12m", 0) AS "used_months_12m",
  COALESCE("t24"."use_streak_months", 0) AS "use_streak_months",
  COALESCE("t24"."use_level", 0) AS "use_level",
  COALESCE("t24"."traffic_mb_mean", 0) AS "traffic_mb_mean",
  COALESCE("t24"."sessions_mean", 0) AS "sessions_mean",
  COALESCE("t24"."spend_cny_mean", 0) AS "spend_cny_mean",
  CAST(COALESCE("t24"."bank_calls_3m", 0) AS BIGINT) AS "bank_calls_3m",
  CAST(COALESCE("t24"."broker_calls_3m", 0) AS BIGINT) AS "broker_calls_3m",
  CAST(COALESCE("t24"."fund_calls_3m", 0) AS BIGINT) AS "fund_calls_3m",
  CAST(COALESCE("t24"."branch_days_3m", 0) AS BIGINT) AS "branch_days_3m",
  CAST(COALESCE("t24"."pushes_received_3m", 0) AS BIGINT) AS "pushes_received_3m",
  CAST(COALESCE("t24"."pushes_answered_3m", 0) AS BIGINT) AS "pushes_answered_3m",
  CAST(COALESCE("t26"."holder_calls", 0) AS BIGINT) AS "holder_calls",
  COALESCE("t26"."holder_contacts", 0) AS "holder_contacts",
  CAST(COALESCE("t26"."staff_calls", 0) AS BIGINT) AS "staff_calls",
  COALESCE("t13"."products_held", 0) AS "products_held"
FROM "people" AS "t5"
LEFT OUTER JOIN (
  SELECT
    "t20"."customer_id",
    "t20"."used_months_12m",
    "t20"."use_streak_months",
    GREATEST("t20"."use_streak_months", CAST("t20"."used_months_12m" > 0 AS BIGINT)) AS "use_level",
    CASE "t20"."use_streak_months"
      WHEN 2
      THEN (
        "t20"."traffic_mb_0" + "t20"."traffic_mb_1"
      ) / 2
      WHEN 3
      THEN (
        "t20"."traffic_mb_0" + "t20"."traffic_mb_1" + "t20"."traffic_mb_2"
      ) / 3
      ELSE "t20"."traffic_mb_0"
    END AS "traffic_mb_mean",
    CASE "t20"."use_streak_months"
      WHEN 2
      THEN (
        "t20"."sessions_0" + "t20"."sessions_1"
      ) / 2
      WHEN 3
      THEN (
        "t20"."sessions_0" + "t20"."sessions_1" + "t20"."sessions_2"
      ) / 3
      ELSE CAST("t20"."sessions_0" AS DOUBLE)
    END AS "sessions_mean",
    CASE "t20"."use_streak_months"
      WHEN 2
      THEN (
        "t20"."spend_cny_0" + "t20"."spend_cny_1"
      ) / 2
      WHEN 3
      THEN (
        "t20"."spend_cny_0" + "t20"."spend_cny_1" + "t20"."spend_cny_2"
      ) / 3
      ELSE "t20"."spend_cny_0"
    END AS "spend_cny_mean",
    "t20"."bank_calls_3m",
    "t20"."broker_calls_3m",
    "t20"."fund_calls_3m",
    "t20"."branch_days_3m",
    "t20"."pushes_received_3m",
    "t20"."pushes_answered_3m"
  FROM (
    SELECT
      "t15"."customer_id",
      "t15"."used_months_12m",
      "t15"."traffic_mb_0",
      "t15"."traffic_mb_1",
      "t15"."traffic_mb_2",
      "t15"."sessions_0",
      "t15"."sessions_1",
      "t15"."sessions_2",
      "t15"."spend_cny_0",
      "t15"."spend_cny_1",
      "t15"."spend_cny_2",
      "t15"."bank_calls_3m",
      "t15"."broker_calls_3m",
      "t15"."fund_calls_3m",
      "t15"."branch_days_3m",
      "t15"."pushes_received_3m",
      "t15"."pushes_answered_3m",
      CAST("t15"."traffic_mb_0" > 0 AS BIGINT) + (
        CAST("t15"."traffic_mb_0" > 0 AS BIGINT) * CAST("t15"."traffic_mb_1" > 0 AS BIGINT)
      ) + (
        CAST("t15"."traffic_mb_0" > 0 AS BIGINT) * CAST("t15"."traffic_mb_1" > 0 AS BIGINT) * CAST("t15"."traffic_mb_2" > 0 AS BIGINT)
      ) AS "use_streak_months"
    FROM (
      SELECT
        "t10"."customer_id",
        COUNT(*) FILTER(WHERE
          "t10"."traffic_mb" > 0) AS "used_months_12m",
        COALESCE(MAX("t10"."traffic_mb") FILTER(WHERE
          "t10"."months_ago" = 0), 0) AS "traffic_mb_0",
        COALESCE(MAX("t10"."traffic_mb") FILTER(WHERE
          "t10"."months_ago" = 1), 0) AS "traffic_mb_1",
        COALESCE(MAX("t10"."traffic_mb") FILTER(WHERE
          "t10"."months_ago" = 2), 0) AS "traffic_mb_2",
        COALESCE(MAX("t10"."sessions") FILTER(WHERE
          "t10"."months_ago" = 0), 0) AS "sessions_0",
        COALESCE(MAX("t10"."sessions") FILTER(WHERE
          "t10"."months_ago" = 1), 0) AS "sessions_1",
        COALESCE(MAX("t10"."sessions") FILTER(WHERE
          "t10"."months_ago" = 2), 0) AS "sessions_2",
        COALESCE(MAX("t10"."spend_cny") FILTER(WHERE
          "t10"."months_ago" = 0), 0) AS "spend_cny_0",
        COALESCE(MAX("t10"."spend_cny") FILTER(WHERE
          "t10"."months_ago" = 1), 0) AS "spend_cny_1",
        COALESCE(MAX("t10"."spend_cny") FILTER(WHERE
          "t10"."months_ago" = 2), 0) AS "spend_cny_2",
        CAST(COALESCE(SUM("t10"."bank_calls") FILTER(WHERE
          "t10"."months_ago" < 3), 0) AS BIGINT) AS "bank_calls_3m",
        CAST(COALESCE(SUM("t10"."broker_calls") FILTER(WHERE
          "t10"."months_ago" < 3), 0) AS BIGINT) AS "broker_calls_3m",
        CAST(COALESCE(SUM("t10"."fund_calls") FILTER(WHERE
          "t10"."months_ago" < 3), 0) AS BIGINT) AS "fund_calls_3m",
        CAST(COALESCE(SUM("t10"."branch_days") FILTER(WHERE
          "t10"."months_ago" < 3), 0) AS BIGINT) AS "branch_days_3m",
        CAST(COALESCE(SUM("t10"."pushes_received") FILTER(WHERE
          "t10"."months_ago" < 3), 0) AS BIGINT) AS "pushes_received_3m",
        CAST(COALESCE(SUM("t10"."pushes_answered") FILTER(WHERE
          "t10"."months_ago" < 3), 0) AS BIGINT) AS "pushes_answered_3m"
      FROM (
        SELECT
          "t2"."customer_id",
          "t2"."bank_calls",
          "t2"."broker_calls",
          "t2"."fund_calls",
          "t2"."branch_days",
          "t2"."pushes_received",
          "t2"."pushes_answered",
          COALESCE(CASE WHEN ISNAN("t2"."traffic_mb") THEN 0.0 ELSE "t2"."traffic_mb" END, 0.0) AS "traffic_mb",
          COALESCE("t2"."sessions", 0) AS "sessions",
          COALESCE(CASE WHEN ISNAN("t2"."spend_cny") THEN 0.0 ELSE "t2"."spend_cny" END, 0.0) AS "spend_cny",
          24306 - (
            (
              EXTRACT(year FROM "t2"."month") * 12
            ) + EXTRACT(month FROM "t2"."month")
          ) AS "months_ago"
        FROM "monthly_usage" AS "t2"
        WHERE
          "t2"."month" >= MAKE_DATE(2024, 7, 1)
          AND "t2"."month" < MAKE_DATE(2025, 7, 1)
          AND "t2"."customer_id" IS NOT NULL
      ) AS "t10"
      GROUP BY
        1
    ) AS "t15"
  ) AS "t20"
) AS "t24"
  ON "t5"."customer_id" = "t24"."customer_id"
LEFT OUTER JOIN (
  SELECT
    "t22"."customer_id",
    "t22"."holder_calls",
    "t22"."holder_contacts",
    "t22"."staff_calls"
  FROM (
    SELECT
      "t21"."customer_id",
      BOOL_OR(CAST("t21"."was_called" AND "t21"."is_holder" AS BOOLEAN)) AS "called_holder",
      BOOL_OR(CAST("t21"."was_caller" AND "t21"."is_holder" AS BOOLEAN)) AS "called_by_holder",
      CAST(COALESCE(SUM("t21"."calls") FILTER(WHERE
        "t21"."is_holder"), 0) AS BIGINT) AS "holder_calls",
      COUNT(*) FILTER(WHERE
        "t21"."is_holder") AS "holder_contacts",
      DATE_DIFF(
        'DAY',
        MAX("t21"."last_call_on") FILTER(WHERE
          "t21"."is_holder"),
        MAKE_DATE(2025, 7, 1)
      ) AS "days_since_holder_call",
      BOOL_OR(CAST("t21"."was_called" AND "t21"."is_staff" AS BOOLEAN)) AS "called_staff",
      BOOL_OR(CAST("t21"."was_caller" AND "t21"."is_staff" AS BOOLEAN)) AS "called_by_staff",
      CAST(COALESCE(SUM("t21"."calls") FILTER(WHERE
        "t21"."is_staff"), 0) AS BIGINT) AS "staff_calls",
      COUNT(*) FILTER(WHERE
        "t21"."is_staff") AS "staff_contacts",
      DATE_DIFF(
        'DAY',
        MAX("t21"."last_call_on") FILTER(WHERE
          "t21"."is_staff"),
        MAKE_DATE(2025, 7, 1)
      ) AS "days_since_staff_call",
      BOOL_OR(CAST("t21"."was_called" AND "t21"."is_member" AS BOOLEAN)) AS "called_member",
      BOOL_OR(CAST("t21"."was_caller" AND "t21"."is_member" AS BOOLEAN)) AS "called_by_member",
      CAST(COALESCE(SUM("t21"."calls") FILTER(WHERE
        "t21"."is_member"), 0) AS BIGINT) AS "member_calls",
      COUNT(*) FILTER(WHERE
        "t21"."is_member") AS "member_contacts",
      DATE_DIFF(
        'DAY',
        MAX("t21"."last_call_on") FILTER(WHERE
          "t21"."is_member"),
        MAKE_DATE(2025, 7, 1)
      ) AS "days_since_member_call"
    FROM (
      SELECT
        "t19"."customer_id",
        "t19"."contact_id",
        "t19"."is_holder",
        "t19"."is_staff",
        "t19"."calls",
        "t19"."was_called",
        "t19"."was_caller",
        "t19"."last_call_on",
        TRUE AS "is_member"
      FROM (
        SELECT
          "t18"."customer_id",
          "t18"."contact_id",
          "t18"."is_holder",
          "t18"."is_staff",
          COUNT(*) AS "calls",
          BOOL_OR(CAST("t18"."is_made" AS BOOLEAN)) AS "was_called",
          BOOL_OR(CAST(NOT (
            "t18"."is_made"
          ) AS BOOLEAN)) AS "was_caller",
          MAX("t18"."called_on") AS "last_call_on"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t9"."caller_id" AS "customer_id",
              "t9"."callee_id" AS "contact_id",
              "t9"."called_on",
              TRUE AS "is_made",
              "t14"."is_holder",
              "t14"."is_staff"
            FROM (
              SELECT
                *
              FROM "calls" AS "t3"
              WHERE
                "t3"."called_on" >= MAKE_DATE(2025, 4, 3)
                AND "t3"."called_on" < MAKE_DATE(2025, 7, 2)
                AND "t3"."caller_id" <> "t3"."callee_id"
            ) AS "t9"
            INNER JOIN (
              SELECT
                "t7"."customer_id",
                BOOL_OR(CAST("t7"."kind" = 'account_holder' AS BOOLEAN)) AS "is_holder",
                BOOL_OR(CAST("t7"."kind" = 'staff' AS BOOLEAN)) AS "is_staff"
              FROM (
                SELECT
                  *
                FROM "members" AS "t4"
                WHERE
                  "t4"."kind" IN ('account_holder', 'staff')
              ) AS "t7"
              GROUP BY
                1
            ) AS "t14"
              ON "t9"."callee_id" = "t14"."customer_id"
          ) AS "t16"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t9"."callee_id" AS "customer_id",
              "t9"."caller_id" AS "contact_id",
              "t9"."called_on",
              FALSE AS "is_made",
              "t14"."is_holder",
              "t14"."is_staff"
            FROM (
              SELECT
                *
              FROM "calls" AS "t3"
              WHERE
                "t3"."called_on" >= MAKE_DATE(2025, 4, 3)
                AND "t3"."called_on" < MAKE_DATE(2025, 7, 2)
                AND "t3"."caller_id" <> "t3"."callee_id"
            ) AS "t9"
            INNER JOIN (
              SELECT
                "t7"."customer_id",
                BOOL_OR(CAST("t7"."kind" = 'account_holder' AS BOOLEAN)) AS "is_holder",
                BOOL_OR(CAST("t7"."kind" = 'staff' AS BOOLEAN)) AS "is_staff"
              FROM (
                SELECT
                  *
                FROM "members" AS "t4"
                WHERE
                  "t4"."kind" IN ('account_holder', 'staff')
              ) AS "t7"
              GROUP BY
                1
            ) AS "t14"
              ON "t9"."caller_id" = "t14"."customer_id"
          ) AS "t17"
        ) AS "t18"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t19"
    ) AS "t21"
    GROUP BY
      1
  ) AS "t22"
) AS "t26"
  ON "t5"."customer_id" = "t26"."customer_id"
LEFT OUTER JOIN (
  SELECT
    "t8"."customer_id",
    COUNT(DISTINCT "t8"."product_id") AS "products_held"
  FROM (
    SELECT
      *
    FROM "holdings" AS "t1"
    WHERE
      "t1"."since" < MAKE_DATE(2025, 7, 2)
      AND (
        (
          "t1"."until" IS NULL
        ) OR (
          "t1"."until" >= MAKE_DATE(2025, 7, 2)
        )
      )
      AND "t1"."customer_id" IS NOT NULL
  ) AS "t8"
  GROUP BY
    1
) AS "t13"
  ON "t5"."customer_id" = "t13"."customer_id"
