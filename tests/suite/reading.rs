//! What one request reads is of one moment, until it writes.

use store::{Owner, Store};
use tests::{both, people::Cast};

async fn rooms(of: &Owner) -> usize {
    of.rooms().await.unwrap().len()
}

fn owner(store: &Store, cast: &Cast) -> Owner {
    store.owner(cast.owner.visitor()).unwrap()
}

both!(a_request_reads_as_of_one_moment, |world| async move {
    let cast = Cast::new(&world.store).await;
    let request = world.store.of_one_request();
    let (one, again) = (owner(&request, &cast), owner(&request, &cast));
    let before = rooms(&one).await;

    // Another request writes meanwhile.
    assert!(cast.owner.add_room("Attic", None).await.unwrap());
    assert_eq!(rooms(&again).await, before, "the page is still of its moment");
    assert_eq!(rooms(&cast.owner).await, before + 1);
    assert_eq!(rooms(&owner(&world.store.of_one_request(), &cast)).await, before + 1, "the next page is of the next");

    // What it writes itself it sees, and what stood beside it.
    assert!(one.add_room("Cellar", None).await.unwrap());
    assert_eq!(rooms(&again).await, before + 2);
    assert!(cast.owner.add_room("Winter garden", None).await.unwrap());
    assert_eq!(rooms(&again).await, before + 3, "after a write nothing is kept");
}
.await);

both!(what_is_read_while_it_writes_is_not_kept, |world| async move {
    let cast = Cast::new(&world.store).await;
    let request = world.store.of_one_request();
    let own = owner(&request, &cast);
    let before = rooms(&own).await;

    // Begun before the write, and let go after it.
    let held = request.read().await.unwrap();
    assert!(own.add_room("Attic", None).await.unwrap());
    drop(held);
    assert_eq!(rooms(&own).await, before + 1);
}
.await);

both!(pages_at_once_do_not_wait_for_each_other, |world| async move {
    let cast = Cast::new(&world.store).await;
    // More requests than there are connections, each with two reads and a
    // write that comes between them.
    let reading = (0..40).map(|number| {
        let (request, visitor) = (world.store.of_one_request(), cast.owner.visitor().clone());
        tokio::spawn(async move {
            let own = request.owner(&visitor).unwrap();
            let first = rooms(&own).await;
            assert_eq!(rooms(&own).await, first);
            assert!(own.add_room(&format!("Hut {number}"), None).await.unwrap());
            assert!(rooms(&own).await > first);
        })
    });
    for read in reading.collect::<Vec<_>>() {
        read.await.unwrap();
    }
}
.await);
