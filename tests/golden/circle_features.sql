SELECT
  "t11"."customer_id",
  BOOL_OR(CAST("t11"."was_called" AND "t11"."is_holder" AS BOOLEAN)) AS "called_holder",
  BOOL_OR(CAST("t11"."was_caller" AND "t11"."is_holder" AS BOOLEAN)) AS "called_by_holder",
  CAST(COALESCE(SUM("t11"."calls") FILTER(WHERE
    "t11"."is_holder"), 0) AS BIGINT) AS "holder_calls",
  COUNT(*) FILTER(WHERE
    "t11"."is_holder") AS "holder_contacts",
  DATE_DIFF(
    'DAY',
    MAX("t11"."last_call_on") FILTER(WHERE
      "t11"."is_holder"),
    MAKE_DATE(2025, 7, 1)
  ) AS "days_since_holder_call",
  BOOL_OR(CAST("t11"."was_called" AND "t11"."is_staff" AS BOOLEAN)) AS "called_staff",
  BOOL_OR(CAST("t11"."was_caller" AND "t11"."is_staff" AS BOOLEAN)) AS "called_by_staff",
  CAST(COALESCE(SUM("t11"."calls") FILTER(WHERE
    "t11"."is_staff"), 0) AS BIGINT) AS "staff_calls",
  COUNT(*) FILTER(WHERE
    "t11"."is_staff") AS "staff_contacts",
  DATE_DIFF(
    'DAY',
    MAX("t11"."last_call_on") FILTER(WHERE
      "t11"."is_staff"),
    MAKE_DATE(2025, 7, 1)
  ) AS "days_since_staff_call",
  BOOL_OR(CAST("t11"."was_called" AND "t11"."is_member" AS BOOLEAN)) AS "called_member",
  BOOL_OR(CAST("t11"."was_caller" AND "t11"."is_member" AS BOOLEAN)) AS "called_by_member",
  CAST(COALESCE(SUM("t11"."calls") FILTER(WHERE
    "t11"."is_member"), 0) AS BIGINT) AS "member_calls",
  COUNT(*) FILTER(WHERE
    "t11"."is_member") AS "member_contacts",
  DATE_DIFF(
    'DAY',
    MAX("t11"."last_call_on") FILTER(WHERE
      "t11"."is_member"),
    MAKE_DATE(2025, 7, 1)
  ) AS "days_since_member_call"
FROM (
  SELECT
    "t10"."customer_id",
    "t10"."contact_id",
    "t10"."is_holder",
    "t10"."is_staff",
    "t10"."calls",
    "t10"."was_called",
    "t10"."was_caller",
    "t10"."last_call_on",
    TRUE AS "is_member"
  FROM (
    SELECT
      "t9"."customer_id",
      "t9"."contact_id",
      "t9"."is_holder",
      "t9"."is_staff",
      COUNT(*) AS "calls",
      BOOL_OR(CAST("t9"."is_made" AS BOOLEAN)) AS "was_called",
      BOOL_OR(CAST(NOT (
        "t9"."is_made"
      ) AS BOOLEAN)) AS "was_caller",
      MAX("t9"."called_on") AS "last_call_on"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."caller_id" AS "customer_id",
          "t4"."callee_id" AS "contact_id",
          "t4"."called_on",
          TRUE AS "is_made",
          "t6"."is_holder",
          "t6"."is_staff"
        FROM (
          SELECT
            *
          FROM "calls" AS "t0"
          WHERE
            "t0"."called_on" >= MAKE_DATE(2025, 4, 3)
            AND "t0"."called_on" < MAKE_DATE(2025, 7, 2)
            AND "t0"."caller_id" <> "t0"."callee_id"
        ) AS "t4"
        INNER JOIN (
          SELECT
            "t3"."customer_id",
            BOOL_OR(CAST("t3"."kind" = 'account_holder' AS BOOLEAN)) AS "is_holder",
            BOOL_OR(CAST("t3"."kind" = 'staff' AS BOOLEAN)) AS "is_staff"
          FROM (
            SELECT
              *
            FROM "members" AS "t1"
            WHERE
              "t1"."kind" IN ('account_holder', 'staff')
          ) AS "t3"
          GROUP BY
            1
        ) AS "t6"
          ON "t4"."callee_id" = "t6"."customer_id"
      ) AS "t7"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t4"."callee_id" AS "customer_id",
          "t4"."caller_id" AS "contact_id",
          "t4"."called_on",
          FALSE AS "is_made",
          "t6"."is_holder",
          "t6"."is_staff"
        FROM (
          SELECT
            *
          FROM "calls" AS "t0"
          WHERE
            "t0"."called_on" >= MAKE_DATE(2025, 4, 3)
            AND "t0"."called_on" < MAKE_DATE(2025, 7, 2)
            AND "t0"."caller_id" <> "t0"."callee_id"
        ) AS "t4"
        INNER JOIN (
          SELECT
            "t3"."customer_id",
            BOOL_OR(CAST("t3"."kind" = 'account_holder' AS BOOLEAN)) AS "is_holder",
            BOOL_OR(CAST("t3"."kind" = 'staff' AS BOOLEAN)) AS "is_staff"
          FROM (
            SELECT
              *
            FROM "members" AS "t1"
            WHERE
              "t1"."kind" IN ('account_holder', 'staff')
          ) AS "t3"
          GROUP BY
            1
        ) AS "t6"
          ON "t4"."caller_id" = "t6"."customer_id"
      ) AS "t8"
    ) AS "t9"
    GROUP BY
      1,
      2,
      3,
      4
  ) AS "t10"
) AS "t11"
GROUP BY
  1
