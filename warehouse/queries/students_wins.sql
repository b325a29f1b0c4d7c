-- What these students achieved in the 60 days before the as-of instant, newest first: badges earned, concepts mastered, weekly goals met.
with wins as (
    select
        student_id,
        'badge' as kind,
        badge_id,
        subject_id,
        null as concept_id,
        earned_at as occurred_at
    from gamification.badges
    where student_id in (select unnest($student_ids))
    union all
    select
        student_id,
        'concept_mastered' as kind,
        null as badge_id,
        null as subject_id,
        concept_id,
        mastery_date as occurred_at
    from progress.concept_progress
    where student_id in (select unnest($student_ids)) and mastery_date is not null
    union all
    select
        student_id,
        'weekly_goal_met' as kind,
        null as badge_id,
        null as subject_id,
        null as concept_id,
        met_at as occurred_at
    from gamification.weekly_goals
    where student_id in (select unnest($student_ids)) and met_at is not null
)

select student_id, kind, badge_id, subject_id, concept_id, occurred_at
from wins
where
    occurred_at
    > (select as_of - to_days(60) as earliest from source.clock)
order by student_id, occurred_at desc, kind, badge_id, subject_id, concept_id
