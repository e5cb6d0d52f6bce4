//! The job that makes the files of people's requests for a copy of their own data: a
//! PDF to read and a data file, gathered by the store once all is decided.

use app::{own_copy, words::Words};
use domain::ids::DataRequestId;
use store::{MadeCopy, Store};
use tracing::error;

use crate::{error::Failure, pdf::pdf};

/// Makes the files of the requests for which all is decided, and removes those whose
/// time is over. Gives how many requests got their files. A request whose files
/// cannot be made is tried again in the next round, and does not hold up the others.
pub async fn make_copies(store: &Store) -> store::Result<usize> {
    let worker = store.worker();
    worker.remove_old_copies().await?;
    let mut made = 0;
    for request in worker.copies_to_make().await? {
        match make_copy(store, request).await {
            Ok(true) => made += 1,
            Ok(false) => {}
            Err(failure) => error!(%request, ?failure, "a copy of a person's data cannot be made"),
        }
    }
    Ok(made)
}

/// Makes the files of a request. `false`: it was taken back meanwhile.
async fn make_copy(store: &Store, request: DataRequestId) -> Result<bool, Failure> {
    let worker = store.worker();
    let Some(gathered) = worker.gather_copies(request).await? else { return Ok(false) };
    let words = Words::new(gathered.language);
    let mut made = Vec::new();
    for (client, copy) in &gathered.copies {
        let sheet = own_copy::sheet(copy, &gathered.name, words, &gathered.zone);
        let json = serde_json::to_vec_pretty(copy).map_err(|e| Failure::Broken(e.to_string()))?;
        made.push(MadeCopy { client: *client, pdf: pdf(&sheet).await?, json });
    }
    Ok(worker.keep_copies(request, &made).await?)
}
