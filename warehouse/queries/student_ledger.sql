-- One student's total and level, beside each row of a page of the ledger: newest first, from the event at $before_at and $before_event on. One row without ledger columns where the page is empty.
with page as (
    select
        points,
        reason,
        concept_id,
        subject_id,
        week_start,
        badge_id,
        note,
        actor,
        occurred_at,
        local_date,
        event_id
    from gamification.point_ledger
    where
        student_id = $student_id
        and (
            occurred_at < cast($before_at as timestamptz)
            or (occurred_at = cast($before_at as timestamptz) and event_id <= $before_event)
        )
    order by occurred_at desc, event_id desc, reason, badge_id, subject_id
    limit $limit offset $offset
)

-- Asked together, since live both need the whole ledger: half the time of two questions.
select
    t.total_points,
    t.level,
    t.level_name,
    t.points_to_next_level,
    p.points,
    p.reason,
    p.concept_id,
    p.subject_id,
    p.week_start,
    p.badge_id,
    p.note,
    p.actor,
    p.occurred_at,
    p.local_date,
    p.event_id
from gamification.student_points as t
left join page as p on true
where t.student_id = $student_id
order by p.occurred_at desc, p.event_id desc, p.reason, p.badge_id, p.subject_id
