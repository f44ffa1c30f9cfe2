//! Reading in a process of its own: its memory and its time are limited, and its death is an error and not the end of the
//! one that asked.

use super::{Format, RawError, RawTable, ReadOptions, wire};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Name of the hidden command.
pub const COMMAND: &str = "__read";

/// Memory of the child beside what the file needs.
const BASE_BYTES: u64 = 448 << 20;

/// Bytes of memory for each byte of the file: a columnar file unpacks, and its texts are held twice.
const BYTES_PER_BYTE: u64 = 8;

/// Longest reading of a small file, and what each megabyte adds.
const BASE_TIME: Duration = Duration::from_millis(4_500);
const TIME_PER_MB: Duration = Duration::from_secs(3);

/// The time that a file of `len` bytes may take.
fn time_limit(len: u64, options: &ReadOptions) -> Duration {
    let megabytes = u32::try_from(len >> 20).unwrap_or(u32::MAX);
    TIME_PER_MB.saturating_mul(megabytes).saturating_add(BASE_TIME).min(options.time_limit)
}

/// Most bytes taken from the child: an answer, or its last words.
const MAX_WORDS: u64 = 1 << 16;

/// Reads `path` in a child process of `program`.
pub(super) fn read(
    program: &Path,
    path: &Path,
    format: Format,
    len: u64,
    source: &str,
    options: &ReadOptions,
) -> Result<Vec<RawTable>, RawError> {
    let memory = options.memory_limit.unwrap_or_else(|| BASE_BYTES.saturating_add(len.saturating_mul(BYTES_PER_BYTE)));
    let seconds = time_limit(len, options);
    let mut command = Command::new(program);
    command.arg(COMMAND).arg(format.as_str()).arg(path);
    command.arg("--memory").arg(memory.to_string()).arg("--seconds").arg(seconds.as_secs().max(1).to_string());
    command.arg("--max-plain-bytes").arg(options.max_plain_bytes.to_string());
    command.arg("--max-ratio").arg(options.max_ratio.to_string()).arg("--max-rows").arg(options.max_rows.to_string());
    if let Some(sheet) = &options.sheet {
        command.arg("--sheet").arg(sheet);
    }
    // One thread each: reserved stacks and arenas count as memory.
    command.env("POLARS_MAX_THREADS", "1").env("RAYON_NUM_THREADS", "1").env("MALLOC_ARENA_MAX", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| {
        let message = format!("the reading process could not be started: {error}");
        RawError::limit("I616", message, "check that the program's file is in place and that processes may be started")
    })?;
    let answer = wait(&mut child, memory, seconds);
    // Whatever happened, no process stays behind.
    let _ = child.kill();
    let status = child.wait().ok();
    let (bytes, words) = answer.ok_or_else(|| {
        let message = format!("the file was not read within {:.1} s", seconds.as_secs_f64());
        RawError::limit("I617", message, "split the file, write it again, or raise the limit")
    })?;
    if let Some(outcome) = wire::decode(&bytes, source, options.decimal) {
        return outcome;
    }
    let words = String::from_utf8_lossy(&words);
    if words.contains("memory allocation")
        || words.contains("out of memory")
        || words.contains("Cannot allocate memory")
    {
        let message = format!("the file asks for more than {} MB of memory", memory >> 20);
        return Err(RawError::limit("I616", message, "the file is damaged, or too large: write it again or split it"));
    }
    let how = status.map_or_else(|| "it is gone".to_owned(), |status| status.to_string());
    let message = format!("the reading process failed ({how})");
    Err(RawError::refused("I616", message, "the file is damaged: write it again, or as CSV UTF-8"))
}

/// What the child wrote on its two outputs until it closed them; `None` when it took too long.
fn wait(child: &mut Child, memory: u64, limit: Duration) -> Option<(Vec<u8>, Vec<u8>)> {
    let (sender, receiver) = mpsc::channel();
    let (answer, words) = (child.stdout.take()?, child.stderr.take()?);
    let read_to_end = |source: Box<dyn Read + Send>, cap: u64| {
        move || {
            let mut bytes = Vec::new();
            // A read that fails ends the answer: it is then not whole and refused.
            let _ = source.take(cap).read_to_end(&mut bytes);
            bytes
        }
    };
    let words = std::thread::spawn(read_to_end(Box::new(words), MAX_WORDS));
    let answer = read_to_end(Box::new(answer), memory.saturating_mul(2));
    std::thread::spawn(move || sender.send(answer()));
    let answer = receiver.recv_timeout(limit).ok()?;
    // Its answer is complete; whatever it still says cannot be waited for.
    let _ = child.kill();
    Some((answer, words.join().unwrap_or_default()))
}

/// Limits this process and reads: what the hidden command does. Its answer goes to `out`.
///
/// # Errors
/// `out` cannot be written.
pub fn serve(path: &Path, format: Format, options: &ReadOptions, out: &mut impl Write) -> std::io::Result<()> {
    limit(options);
    let source = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let outcome = super::read_here(path, format, &source, options);
    out.write_all(&wire::encode(&outcome))?;
    out.flush()
}

#[cfg(unix)]
fn limit(options: &ReadOptions) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let set = |resource: Resource, value: u64| {
        // Where the system does not allow a limit the reading goes on without it; the time limit is kept by the parent.
        let _ = setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) });
    };
    if let Some(memory) = options.memory_limit {
        set(Resource::As, memory);
    }
    set(Resource::Cpu, options.time_limit.as_secs().saturating_mul(4).max(1));
    set(Resource::Core, 0);
    set(Resource::Fsize, 0);
}

#[cfg(not(unix))]
fn limit(_: &ReadOptions) {}
