//! The process vector that the entry stub makes, of one in memory.

#![allow(clippy::indexing_slicing, clippy::panic, dead_code)]

#[path = "../entry/header.rs"]
mod header;
#[path = "../entry/vector.rs"]
mod vector;

use header::{Header, Span};
use std::ffi::{CStr, CString};
use vector::Room;

/// A header followed by texts, as the packer lays them out.
#[repr(C)]
struct Segment {
    header: Header,
    texts: [u8; 64],
}

fn segment(words: &[u8], variables: &[u8]) -> Segment {
    let at = size_of::<Header>() as u64;
    let span = |before: usize, texts: &[u8]| Span {
        at: at + before as u64,
        length: texts.len() as u64,
    };
    let mut texts = [0; 64];
    for (to, from) in texts.iter_mut().zip([words, variables].concat()) {
        *to = from;
    }
    Segment {
        header: Header {
            magic: *b"HOLDFAST",
            entry: 0,
            environment: 0,
            is_slot: 0,
            words: span(0, words),
            variables: span(words.len(), variables),
            relative: span(0, &[]),
            base: 0,
        },
        texts,
    }
}

/// What a process vector says.
#[derive(Debug, PartialEq)]
struct Said {
    arguments: Vec<String>,
    environment: Vec<String>,
    auxiliary: Vec<usize>,
}

fn texts(vector: &[usize], at: &mut usize) -> Vec<String> {
    let mut said = Vec::new();
    while vector[*at] != 0 {
        // SAFETY: the tests put addresses of texts here, and so does the stub.
        let text = unsafe { CStr::from_ptr(vector[*at] as *const _) };
        said.push(text.to_string_lossy().into_owned());
        *at += 1;
    }
    *at += 1;
    said
}

fn read(vector: &[usize]) -> Said {
    let mut at = 1;
    let arguments = texts(vector, &mut at);
    assert_eq!(vector[0], arguments.len());
    let environment = texts(vector, &mut at);
    let mut end = at;
    while vector[end] != 0 {
        end += 2;
    }
    Said {
        arguments,
        environment,
        auxiliary: vector[at..end].to_vec(),
    }
}

const AT_PAGESZ: usize = 6;
const AT_EXECFN: usize = 31;

/// Makes a vector of these texts and gives what the stub makes of it.
fn made(arguments: &[&str], environment: &[&str], called: Option<&str>, segment: &Segment) -> Said {
    let owned = |texts: &[&str]| -> Vec<CString> {
        texts
            .iter()
            .map(|text| CString::new(*text).unwrap_or_default())
            .collect()
    };
    let (arguments, environment) = (owned(arguments), owned(environment));
    let called = called.map(|path| CString::new(path).unwrap_or_default());
    let mut old = vec![arguments.len()];
    for list in [&arguments, &environment] {
        old.extend(list.iter().map(|text| text.as_ptr() as usize));
        old.push(0);
    }
    old.extend([AT_PAGESZ, 4096]);
    if let Some(called) = &called {
        old.extend([AT_EXECFN, called.as_ptr() as usize]);
    }
    old.extend([0, 0]);
    // SAFETY: a process vector, and as much room as it asks for.
    unsafe {
        let size = vector::size(old.as_ptr(), &segment.header);
        assert_eq!(size % 16, 0);
        let mut new = vec![usize::MAX; size / size_of::<usize>() + 1];
        let room = Room {
            at: new.as_mut_ptr(),
            core: -13,
            open_files: 1024,
        };
        let environment = vector::write(old.as_ptr(), room, &segment.header);
        assert_eq!(
            new.last(),
            Some(&usize::MAX),
            "nothing is written behind the room"
        );
        assert_eq!(environment, new.as_ptr().add(new[0] + 2));
        read(&new)
    }
}

#[test]
fn write_puts_words_and_facts_between_name_and_arguments() {
    let segment = segment(b"run\0boot\0", b"");
    let said = made(&["hf", "-n", ""], &[], Some("/sbin/hf"), &segment);
    let header = (&raw const segment.header as usize).to_string();
    let wanted = [
        "hf", "run", "boot", "-13", &header, "1024", "/sbin/hf", "-n", "",
    ];
    assert_eq!(said.arguments, wanted);
    assert_eq!(said.auxiliary.get(..2), Some([AT_PAGESZ, 4096].as_slice()));
}

#[test]
fn write_puts_its_variables_first_and_leaves_out_what_the_runtime_would_take() {
    let segment = segment(b"", b"DENO_DIR=/none\0");
    let mine = [
        "A=1",
        "DENO_DIR=/mine",
        "NODE_OPTIONS=x",
        "OTEL_DENO=1",
        "DEN=2",
        "D",
        "",
    ];
    let said = made(&["hf"], &mine, None, &segment);
    assert_eq!(
        said.environment,
        ["DENO_DIR=/none", "A=1", "DEN=2", "D", ""]
    );
    assert_eq!(
        said.arguments.last().map(String::as_str),
        Some("hf"),
        "the name stands for the path"
    );
}

#[test]
fn write_of_a_vector_without_even_a_name_makes_one_up() {
    let said = made(&[], &[], None, &segment(b"run\0", b""));
    assert_eq!(said.arguments.first().map(String::as_str), Some("holdfast"));
}

#[test]
fn header_is_as_long_as_the_packer_writes_it() {
    assert_eq!(size_of::<Header>(), holdfast_pack::segment::HEADER);
}
