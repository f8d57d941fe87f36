//! Between the signal and the first good-bye: a balancer sees that the node is not ready, and nobody else sees anything.

use serde_json::json;

use crate::support::process::{ServerProcess, free_address};
use crate::support::program::run;
use crate::support::world::World;
use crate::support::{Officer, call, eventually};

#[actix::test]
async fn a_node_that_is_to_stop_is_not_ready_and_serves_as_before_for_a_while() {
    let world = World::create(0).await;
    let flags = ["--drain-delay", "4"];
    let log = world.log("a");
    let server = ServerProcess::start(&world.database, free_address(), &flags, &log).await;
    let address = server.address().to_string();
    let olga = &world.demo.officers[0];
    let token = server.api().login(&olga.email, &olga.password).await;
    let mut officer = Officer::connect(server.address(), &token).await;
    officer.join("north", None).await;
    let health = run(&["health", "--listen", &address], "").await;
    assert_eq!((health.code, health.out.trim()), (Some(0), "ready"));

    server.signal();
    eventually("it is not ready", async || {
        let answer = call(server.api().get("/readyz")).await;
        (answer.status == 503).then_some(())
    })
    .await;
    let health = run(&["health", "--listen", &address], "").await;
    assert_eq!(health.code, Some(1));
    assert!(health.err.contains("not ready"), "{}", health.err);
    let body =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
    let request = server.api().post("/api/v1/complaints", &body);
    let request = request.header("X-API-Key", &world.demo.api_key);
    call(request).await.expect(201);
    officer.event().await;
    assert!(
        Officer::open(Officer::request(server.address(), Some(&token)))
            .await
            .is_err(),
        "a new socket goes elsewhere"
    );
    assert_eq!(officer.object().await["type"], "reconnect");
    assert_eq!(officer.closed().await.0, 4000);
    assert_eq!(server.ended().await, Some(0));
    let health = run(&["health", "--listen", &address], "").await;
    assert_eq!(health.code, Some(1));
    assert!(health.err.contains("does not answer"), "{}", health.err);
    world.database.remove().await;
}
