-- Every badge worth points has its ledger row.
select b.student_id, b.badge_id, b.subject_id
from gamification.badges as b
inner join source.badge_rules as r on b.badge_id = r.badge_id and r.points_value != 0
left join gamification.point_ledger as l
    on
        b.student_id = l.student_id
        and b.badge_id = l.badge_id
        and b.event_id = l.event_id
        and b.subject_id is not distinct from l.subject_id
where l.student_id is null
