-- The models behind the predictions of the snapshot, and why one of them is missing.
select model, model_id, trained_at, problem, card
from source.models
order by model
