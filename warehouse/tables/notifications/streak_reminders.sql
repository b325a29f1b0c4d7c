-- One row per student whose streak ends today unless they learn: from the reminder's hour of their day on, while they have not. On a day of a planned break no streak ends.
-- It holds at the as-of instant only and is gone when they have learned, or when the day has ended.
-- grain: student_id
-- scope: student
-- refresh: all
-- columns:
--   notification_id: md5 of kind, student and day: one a day
--   student_id: the student, who is told
--   kind: streak_at_risk
--   local_date: the student's today
--   number: days of the streak
--   occurred_at: the reminder's hour of that day in the student's zone
with days as (
    select
        s.student_id,
        s.current_streak,
        s.today,
        t.time_zone,
        k.as_of,
        r.streak_reminder_hour as reminder_hour
    from gamification.streaks as s
    inner join progress.todays as t on s.student_id = t.student_id
    cross join source.clock as k
    cross join source.notification_rules as r
    where
        s.current_streak >= r.streak_reminder_from_days and s.alive_until = s.today
        and s.last_activity_date < s.today
)

select
    md5(
        concat_ws(chr(31), 'streak_at_risk', student_id, cast(today as varchar))
    ) as notification_id,
    student_id,
    'streak_at_risk' as kind,
    today as local_date,
    cast(current_streak as bigint) as number,
    timezone(
        time_zone, cast(today as timestamp) + cast(reminder_hour as integer) * interval 1 hour
    ) as occurred_at
from days
where date_part('hour', timezone(time_zone, as_of)) >= reminder_hour
