-- One row per student and session: learning events in order, each reaching back by the time spent on it; a new session begins when an event starts more than 30 minutes after the one before ended (semantics 7).
-- grain: student_id, session_number
-- scope: student
-- columns:
--   student_id: the student
--   session_number: 1 for the student's first session
--   session_start: the earliest start of its events
--   session_end: its last event
--   local_date: the student's day of its first event
--   event_count: learning events
--   duration_seconds (seconds): from start to end
with spans as (
    select
        student_id,
        place,
        local_date,
        epoch_us(occurred_at) as ended,
        epoch_us(occurred_at) - 1000000 * cast(time_spent as bigint) as began
    from staging.learning_events
),

-- In the order of the ends, the event before is the one that ended last of all before.
neighbours as (
    select
        student_id,
        place,
        local_date,
        began,
        ended,
        lag(began) over (partition by student_id order by place) as began_before,
        lag(ended) over (partition by student_id order by place) as ended_before,
        lead(began) over (partition by student_id order by place) as begins_next
    from spans
),

marked as (
    select
        student_id,
        place,
        local_date,
        began,
        ended,
        coalesce(began < began_before, false) as reaches_back,
        coalesce(began > ended_before + 30 * 60 * 1000000, true) as is_opening,
        coalesce(begins_next > ended + 30 * 60 * 1000000, true) as is_closing
    from neighbours
),

-- The other events lie between these, and tell nothing about where a session begins or ends.
numbered as (
    select
        student_id,
        place,
        local_date,
        began,
        ended,
        is_opening,
        sum(case when is_opening then 1 else 0 end) over (
            partition by student_id
            order by place
            rows between unbounded preceding and current row
        ) as session_number
    from marked
    where is_opening or is_closing or reaches_back
)

select
    student_id,
    cast(session_number as bigint) as session_number,
    make_timestamptz(min(began)) as session_start,
    make_timestamptz(max(ended)) as session_end,
    max(local_date) filter (where is_opening) as local_date,
    -- places, not occurrences: events folded into days have no sessions any more
    max(place) - min(place) + 1 as event_count,
    (max(ended) - min(began)) / 1e6 as duration_seconds
from numbered
group by student_id, session_number
