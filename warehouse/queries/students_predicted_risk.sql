-- What may happen to these students, of those whom the model of risk flags. For educators only.
select student_id, outcome, probability, threshold, reasons, predicted_on
from predictions.risk
where student_id in (select unnest($student_ids)) and is_flagged
order by student_id, outcome
