//! The program itself: its commands, its configuration, its log.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, Command, Output, Stdio},
};

use jsonwebtoken::{Algorithm, Header};
use serde_json::Value;

use crate::{
    support::{log_name, runtime, server},
    tools::{Claims, Client, SECRET, append_body, sign},
};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foldlog-server"));
    command
        .args(arguments)
        .env("FOLDLOG_DSN", server().service())
        .env("FOLDLOG_POOL_SIZE", "3");
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

/// The program as a server, and what it has told.
struct Serving {
    child: Child,
    address: SocketAddr,
    lines: BufReader<std::process::ChildStderr>,
}

impl Serving {
    fn start(settings: &[(&str, &str)]) -> Self {
        let mut command = program(&["serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"]);
        command
            .env("FOLDLOG_LOG_FORMAT", "json")
            .env("FOLDLOG_LOG", "trace")
            .stderr(Stdio::piped());
        command.envs(settings.iter().copied());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended");
            let told: Value = serde_json::from_str(&line).unwrap();
            if told["message"] == "answers" {
                break told["address"].as_str().unwrap().parse().unwrap();
            }
        };
        Self { child, address, lines }
    }

    /// Ends it as a service manager does. Gives what it told.
    fn end(mut self) -> String {
        let killed = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        let mut told = String::new();
        self.lines.read_to_string(&mut told).unwrap();
        assert!(self.child.wait().unwrap().success());
        told
    }
}

#[test]
fn it_serves_and_tells_nothing_that_is_not_its_own() {
    let name = log_name();
    let secret = std::env::temp_dir().join(format!("foldlog-secret-{}", std::process::id()));
    std::fs::write(&secret, SECRET).unwrap();
    let serving = Serving::start(&[
        ("FOLDLOG_JWT_ALGORITHM", "HS256"),
        ("FOLDLOG_JWT_ISSUER", "https://issuer.example"),
        ("FOLDLOG_JWT_AUDIENCE", "foldlog"),
        ("FOLDLOG_JWT_KEYS", secret.to_str().unwrap()),
    ]);
    let token = sign(&Header::new(Algorithm::HS256), &Claims::on(name.as_str()), SECRET);
    let client = Client::new(serving.address);
    runtime().block_on(async {
        let authorization = format!("authorization: Bearer {token}");
        let headers = [
            &*authorization,
            "content-type: application/json",
            "x-correlation-id: order-7",
        ];
        let log = format!("/v1/logs/{name}");
        assert_eq!(client.send("PUT", &log, &headers, "").await.status.as_u16(), 201);
        let body = append_body("payload-owner", "\"payload-secret\"");
        let stored = client
            .send("POST", &format!("{log}/append"), &headers, body.clone())
            .await;
        assert_eq!(stored.status.as_u16(), 200);
        let malformed = body.replace("1}", "payload-secret}");
        client.send("POST", &format!("{log}/append"), &headers, malformed).await;
    });
    let told = serving.end();
    std::fs::remove_file(secret).unwrap();
    let answered = told
        .lines()
        .find(|line| line.contains("/v1/logs/{log}/append"))
        .unwrap();
    let answered: Value = serde_json::from_str(answered).unwrap();
    assert_eq!(answered["span"]["correlation"], "order-7");
    assert!(answered["span"]["id"].is_string() && answered["span"]["log"].as_str().unwrap().len() == 12);
    assert_eq!(
        (&answered["status"], &answered["span"]["method"]),
        (&200.into(), &"POST".into())
    );
    for hidden in [
        "payload-secret",
        "payload-owner",
        name.as_str(),
        &token,
        "host=",
        "SELECT",
        "INSERT",
    ] {
        assert!(!told.contains(hidden), "{hidden} in {told}");
    }
}

#[test]
fn its_tools_work_on_a_log() {
    let (name, copy) = (log_name(), log_name());
    let serving = Serving::start(&[]);
    let client = Client::new(serving.address);
    runtime().block_on(async {
        let log = format!("/v1/logs/{name}");
        client.send("PUT", &log, &[], "").await;
        for data in ["1", "2"] {
            client
                .json("POST", &format!("{log}/append"), append_body("a", data))
                .await;
        }
    });
    serving.end();
    let verified = run(&["verify", "--log", name.as_str()]);
    assert!(verified.status.success());
    let text = String::from_utf8(verified.stdout).unwrap();
    assert!(text.starts_with("sound: 2 appends, 2 events, head {"), "{text}");
    let file = std::env::temp_dir().join(format!("foldlog-export-{}", std::process::id()));
    let path = file.to_str().unwrap();
    assert!(
        run(&["export", "--log", name.as_str(), "--output", path])
            .status
            .success()
    );
    assert!(
        !run(&["export", "--log", name.as_str(), "--output", path])
            .status
            .success(),
        "nothing is overwritten"
    );
    assert!(
        run(&["import", "--log", copy.as_str(), "--input", path])
            .status
            .success()
    );
    std::fs::remove_file(file).unwrap();
    let owner = server().owner("foldlog");
    let restored = program(&["restore", "--log", copy.as_str(), "--to-sequence", "1"])
        .env("FOLDLOG_OWNER_DSN", &owner)
        .output()
        .unwrap();
    assert!(
        String::from_utf8(restored.stdout)
            .unwrap()
            .starts_with("restored: from sequence number 2 to 1")
    );
    assert!(run(&["verify", "--log", copy.as_str()]).status.success());
    let migrated = program(&["migrate"]).env("FOLDLOG_OWNER_DSN", &owner).output().unwrap();
    assert!(migrated.status.success());
    let missing = run(&["verify", "--log", "missing"]);
    let told = String::from_utf8(missing.stderr).unwrap();
    assert!(
        !missing.status.success() && told.contains("the log does not exist"),
        "{told}"
    );
}

#[test]
fn what_cannot_be_configured_is_told_without_secrets() {
    let refused = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["serve", "--listen", "0.0.0.0:0"]).contains("loopback only"));
    assert!(refused(&["serve", "--jwt-algorithm", "HS256"]).contains("--jwt-keys"));
    assert!(refused(&["serve", "--request-timeout", "5"]).contains("500ms"));
    let unreachable = program(&["verify", "--log", "a", "--reconnect-retries", "0"])
        .env("FOLDLOG_DSN", "postgres://someone:hunter2@127.0.0.1:1/db")
        .output()
        .unwrap();
    let told = String::from_utf8(unreachable.stderr).unwrap();
    assert!(
        told.contains("cannot be reached") && !told.contains("hunter2") && !told.contains("someone"),
        "{told}"
    );
}

#[test]
fn every_option_can_be_given_in_the_environment() {
    for command in ["serve", "migrate", "verify", "export", "import", "restore"] {
        let output = program(&[command, "--help"])
            .env("FOLDLOG_DSN", "password=hunter2")
            .output()
            .unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(!help.contains("hunter2"), "{help}");
        let options = help.match_indices("\n      --").count();
        let variables = help.matches("[env: FOLDLOG_").count();
        assert_eq!(variables, options, "{help}");
    }
}
