//! One request reads the database as of one moment, until it writes.

use store::{Owner, Store};
use tests::{both, people::Cast};

async fn room_count(of: &Owner) -> usize {
    of.rooms().await.unwrap().len()
}

fn owner_scope(store: &Store, cast: &Cast) -> Owner {
    store.owner(cast.owner.visitor()).unwrap()
}

both!(one_request_reads_one_moment_of_the_database, |world| async move {
    let cast = Cast::new(&world.store).await;
    let request = world.store.of_one_request();
    let (one, again) = (owner_scope(&request, &cast), owner_scope(&request, &cast));
    let before = room_count(&one).await;

    // Another request writes meanwhile.
    assert!(cast.owner.add_room("Attic", None).await.unwrap());
    assert_eq!(room_count(&again).await, before, "the page is still of its moment");
    assert_eq!(room_count(&cast.owner).await, before + 1);
    assert_eq!(
        room_count(&owner_scope(&world.store.of_one_request(), &cast)).await,
        before + 1,
        "the next page is of the next"
    );

    // The request sees what it writes itself, and what others wrote until then.
    assert!(one.add_room("Cellar", None).await.unwrap());
    assert_eq!(room_count(&again).await, before + 2);
    assert!(cast.owner.add_room("Winter garden", None).await.unwrap());
    assert_eq!(room_count(&again).await, before + 3, "after a write nothing is kept");
}
.await);

both!(read_begun_before_a_write_is_not_reused_after_it, |world| async move {
    let cast = Cast::new(&world.store).await;
    let request = world.store.of_one_request();
    let own = owner_scope(&request, &cast);
    let before = room_count(&own).await;

    // A read that began before the write and ends after it.
    let held = request.read().await.unwrap();
    assert!(own.add_room("Attic", None).await.unwrap());
    drop(held);
    assert_eq!(room_count(&own).await, before + 1);
}
.await);

both!(concurrent_requests_do_not_wait_for_each_other, |world| async move {
    let cast = Cast::new(&world.store).await;
    // More requests than there are connections, each with two reads and a write after
    // them.
    let reading = (0..40).map(|number| {
        let (request, visitor) = (world.store.of_one_request(), cast.owner.visitor().clone());
        tokio::spawn(async move {
            let own = request.owner(&visitor).unwrap();
            let first = room_count(&own).await;
            assert_eq!(room_count(&own).await, first);
            assert!(own.add_room(&format!("Hut {number}"), None).await.unwrap());
            assert!(room_count(&own).await > first);
        })
    });
    for read in reading.collect::<Vec<_>>() {
        read.await.unwrap();
    }
}
.await);
