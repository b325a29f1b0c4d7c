-- What the next four weeks may bring a student, with the simple answers beside it.
select
    measure,
    week_start,
    horizon,
    expected,
    middle,
    lower,
    upper,
    last_value,
    mean_of_four,
    mean_of_season
from predictions.weekly_forecast
where student_id = $student_id
order by measure, week_start
