use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use foldlog::{
    backends::{
        memory::MemoryStorage,
        remote::{OnReach, Request, Response},
    },
    core::{
        AggregateId, CheckpointName, EventId, InvalidInput, Limits, ReducerIdentity,
        append::{Durability, Receipt, StoredAppend},
        read::PageLimits,
    },
    environment::Environment,
    storage::{CheckpointError, ReadAggregate, Storage, StorageError, StorageErrorKind},
    testing::TestEnvironment,
    wire::{self, LogInfo, Problem, StreamFrom, StreamRequest},
};

/// The protocol as a server speaks it, on one log in memory whose name is `a log`.
pub(crate) struct Server {
    log: Mutex<MemoryStorage>,
    environment: Arc<TestEnvironment>,
}

type Query = BTreeMap<String, String>;
type Answer = Result<String, Problem>;

impl Server {
    pub(crate) fn new(environment: Arc<TestEnvironment>) -> Arc<Self> {
        Arc::new(Self {
            log: Mutex::new(MemoryStorage::new(environment.clone())),
            environment,
        })
    }

    /// The log, past the line.
    pub(crate) fn log(&self) -> MemoryStorage {
        self.log.lock().unwrap().clone()
    }

    /// Puts another log in the place of this one, as a server does that was restored.
    pub(crate) fn replace(&self, log: MemoryStorage) {
        *self.log.lock().unwrap() = log;
    }

    pub(crate) async fn answer(&self, request: &Request) -> Response {
        let (status, body) = match self.route(request).await {
            Ok(body) if body.is_empty() => (204, body),
            Ok(body) => (200, body),
            Err(problem) => {
                let mut body = String::new();
                problem.write_json(&mut body, Some("r-1"));
                (problem.status, body)
            }
        };
        Response {
            status,
            body,
            retry_after: None,
        }
    }

    async fn route(&self, request: &Request) -> Answer {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let query = read_query(query);
        let Some(rest) = path.strip_prefix("/v1/logs/a%20log") else {
            return Err(StorageError::new(StorageErrorKind::LogNotFound, "there is no such log").into());
        };
        let (body, log) = (&*request.body, self.log());
        let mut out = String::new();
        match (request.method, rest) {
            ("GET" | "PUT", "") => {
                let head = log.place(None).await?.unwrap();
                let is_mirror = log.health().await.is_mirror.unwrap_or(false);
                wire::write_log_info(&mut out, &LogInfo { head, is_mirror });
            }
            ("GET", "/head") => wire::write_place(&mut out, log.place(number(&query, "at")?).await?.as_ref()),
            ("POST", "/append") => {
                let append = wire::read_append(body, &Limits::default(), self.environment.now())?;
                let receipt = log.append(append).await?;
                let durability = Durability::Remote;
                Receipt { durability, ..receipt }.write_json(&mut out);
            }
            ("POST", "/events") => {
                wire::write_page(&mut out, &log.read_events(wire::read_read_events(body)?).await?);
            }
            ("GET", "/aggregate") => {
                let id = parsed(&query, "id", AggregateId::parse)?;
                wire::write_aggregate(&mut out, log.aggregate(id).await?.as_ref());
            }
            ("GET", "/aggregate/events") => {
                wire::write_page(&mut out, &log.read_aggregate(of_aggregate(&query)?).await?);
            }
            ("GET", "/append") => {
                let id = parsed(&query, "eventId", EventId::parse)?;
                let stored = log.find_append(id).await?.map(|stored| StoredAppend {
                    durability: Durability::Remote,
                    ..stored
                });
                wire::write_stored_append(&mut out, stored.as_ref());
            }
            ("GET", "/appends") => {
                let bytes = size(&query, "maxBytes")?;
                wire::write_records(&mut out, &log.read_records(number(&query, "after")?, bytes).await?);
            }
            ("POST", "/appends") => {
                assert!(request.is_lines);
                log.import(wire::read_import(body)?).await?.write_json(&mut out);
            }
            ("GET" | "DELETE", "/snapshot") => {
                let id = parsed(&query, "aggregateId", AggregateId::parse)?;
                let reducer = parsed(&query, "reducer", ReducerIdentity::parse)?;
                if request.method == "GET" {
                    wire::write_snapshot(&mut out, log.snapshot(id, reducer).await?.as_ref());
                } else {
                    log.delete_snapshot(id, reducer).await?;
                }
            }
            ("PUT", "/snapshot") => {
                if let Some(snapshot) = wire::read_snapshot(body)? {
                    log.save_snapshot(snapshot).await?;
                }
            }
            ("GET", "/checkpoint") => {
                let name = parsed(&query, "name", CheckpointName::parse)?;
                wire::write_checkpoint(&mut out, log.checkpoint(name).await?.as_ref());
            }
            ("PUT", "/checkpoint") => {
                let step = wire::read_checkpoint_move(body)?;
                let name = step.name.clone();
                let moved = log.save_checkpoint(step).await;
                moved.map_err(|error: CheckpointError| Problem::of_checkpoint(error, &name))?;
            }
            _ => return Err(Problem::new(405, "protocol", &"there is no such operation")),
        }
        Ok(out)
    }

    /// Tells how far the log reaches, at first and whenever it grows, until this is dropped.
    pub(crate) async fn stream(&self, request: &Request, on_reach: OnReach) {
        let request = StreamRequest::read_json(&request.body).unwrap();
        assert!(!request.events, "this client reads pages");
        let StreamFrom::Sequence(mut after) = request.after else {
            panic!("this client gives numbers")
        };
        loop {
            let head = self.log().place(None).await.unwrap().unwrap();
            on_reach(head.sequence_number);
            after = after.max(head.sequence_number);
            self.log().changed(after).await.unwrap();
        }
    }
}

fn of_aggregate(query: &Query) -> Result<ReadAggregate, InvalidInput> {
    Ok(ReadAggregate {
        id: parsed(query, "id", AggregateId::parse)?,
        from_version: number(query, "fromVersion")?.unwrap_or(1),
        to_version: number(query, "toVersion")?,
        limits: PageLimits {
            events: size(query, "maxEvents")?,
            bytes: size(query, "maxBytes")?,
        },
    })
}

fn read_query(query: &str) -> Query {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut at) = (Vec::new(), 0);
    while let Some(byte) = text.as_bytes().get(at) {
        if *byte == b'%' {
            bytes.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
            at += 3;
        } else {
            bytes.push(*byte);
            at += 1;
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn parsed<T>(query: &Query, name: &str, parse: fn(&str) -> Result<T, String>) -> Result<T, InvalidInput> {
    let text = query
        .get(name)
        .ok_or_else(|| InvalidInput::argument(name, "is missing"))?;
    parse(text).map_err(|reason| InvalidInput::argument(name, reason))
}

fn number(query: &Query, name: &str) -> Result<Option<u64>, InvalidInput> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let number = text.parse().map_err(|_| InvalidInput::argument(name, "is no number"))?;
    Ok(Some(number))
}

fn size(query: &Query, name: &str) -> Result<usize, InvalidInput> {
    Ok(usize::try_from(number(query, name)?.unwrap_or(1_000)).unwrap_or(usize::MAX))
}
