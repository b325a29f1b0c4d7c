-- One row per student, measure and week: what the next four weeks may bring, from the weeks that have ended.
-- grain: student_id, measure, week_start
-- scope: student
-- refresh: all
-- columns:
--   student_id: the student
--   measure: mastered or completed (concepts), minutes, average_score
--   week_start: Monday of the week
--   horizon (weeks): how far it lies ahead, 1 to 4
--   expected: the mean; those of weeks may be added up
--   middle: passed as often as not
--   lower: where the interval begins; the model's card says how often it holds
--   upper: where the interval ends
--   last_value: the simple answer beside it: the last week again
--   mean_of_four: another simple answer: the mean of the last four weeks
--   mean_of_season: another: the mean of the three weeks around the same one a year before; empty in the first year
--   model_id: the model that said so
select
    p.student_id,
    p.measure,
    p.week_start,
    p.horizon,
    p.expected,
    p.middle,
    p.lower,
    p.upper,
    p.last_value,
    p.mean_of_four,
    p.mean_of_season,
    m.model_id
from source.predicted_weeks as p
inner join source.models as m on m.model = 'trend'
