-- How many concepts these students practised last on each of the days about the as-of instant: for today, those practised today.
select student_id, last_active_date as local_date, count(*) as concept_count
from progress.concept_progress
where
    student_id in (select unnest($student_ids))
    and last_active_date >= (select cast(as_of as date) - 1 as first_day from source.clock)
group by student_id, last_active_date
