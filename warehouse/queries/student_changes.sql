-- Since when a student's weeks are plainly others than before.
select
    measure,
    week_start,
    weeks_before,
    weeks_after,
    mean_before,
    mean_after,
    ratio,
    p_value,
    statement
from predictions.weekly_changes
where student_id = $student_id
order by week_start desc, measure
