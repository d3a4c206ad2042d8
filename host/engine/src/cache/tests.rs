use super::{Cache, Form};
use cofferdam_model::record::Digest;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

struct Bed {
    folder: tempfile::TempDir,
    engine: wasmtime::Engine,
}

impl Bed {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            engine: wasmtime::Engine::default(),
        }
    }

    fn cache(&self) -> Cache {
        Cache::open(&self.folder.path().join("code"), &self.engine).expect("a cache")
    }

    fn only_entry(&self) -> PathBuf {
        let mut entries: Vec<_> = fs::read_dir(self.folder.path().join("code"))
            .expect("the folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "code"))
            .collect();
        assert_eq!(entries.len(), 1);
        entries.remove(0)
    }
}

fn names(n: u8) -> Digest {
    Digest::of(&[n])
}

#[test]
fn what_was_kept_comes_back_also_to_another_process() {
    let bed = Bed::new();
    assert!(bed.cache().read(&names(1), Form::Code).is_none());
    bed.cache().write(&names(1), Form::Code, b"code").expect("written");
    assert_eq!(bed.cache().read(&names(1), Form::Code).expect("kept").bytes(), b"code");
    assert!(bed.cache().read(&names(2), Form::Code).is_none());
}

#[test]
fn a_changed_byte_anywhere_and_a_torn_file_do_not_verify() {
    let bed = Bed::new();
    bed.cache().write(&names(1), Form::Code, b"code").expect("written");
    let path = bed.only_entry();
    let whole = fs::read(&path).expect("the file");
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).expect("changed");
        assert!(bed.cache().read(&names(1), Form::Code).is_none(), "byte {at}");
        fs::write(&path, &whole[..at]).expect("cut");
        assert!(bed.cache().read(&names(1), Form::Code).is_none(), "cut at {at}");
    }
    fs::write(&path, &whole).expect("mended");
    assert!(bed.cache().read(&names(1), Form::Code).is_some());
}

#[test]
fn a_file_does_not_pass_for_another_nor_under_another_key() {
    let bed = Bed::new();
    let cache = bed.cache();
    cache.write(&names(1), Form::Code, b"code").expect("written");
    let path = bed.only_entry();
    fs::copy(&path, path.with_file_name(cache.name(&names(2), Form::Code))).expect("copied");
    assert!(cache.read(&names(2), Form::Code).is_none());
    fs::copy(&path, path.with_file_name(cache.name(&names(1), Form::Said))).expect("copied");
    assert!(cache.read(&names(1), Form::Said).is_none());
    fs::remove_file(path.with_file_name("host.key")).expect("removed");
    assert!(bed.cache().read(&names(1), Form::Code).is_none());
}

#[test]
fn a_link_is_not_followed() {
    let bed = Bed::new();
    bed.cache().write(&names(1), Form::Code, b"code").expect("written");
    let path = bed.only_entry();
    let aside = path.with_file_name("aside");
    fs::rename(&path, &aside).expect("moved");
    std::os::unix::fs::symlink(&aside, &path).expect("linked");
    assert!(bed.cache().read(&names(1), Form::Code).is_none());
}

#[test]
fn a_folder_or_a_key_that_others_can_use_is_refused_with_a_next_step() {
    let bed = Bed::new();
    drop(bed.cache());
    let folder = bed.folder.path().join("code");
    fs::set_permissions(folder.join("host.key"), fs::Permissions::from_mode(0o640)).expect("opened");
    let warning = Cache::open(&folder, &bed.engine).err().expect("refused");
    assert!(warning.to_string().contains("host.key"), "{warning}");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).expect("opened");
    let warning = Cache::open(&folder, &bed.engine).err().expect("refused");
    assert!(warning.to_string().contains("chmod go-w"), "{warning}");
    assert_eq!(warning.code().to_string(), "CFD-221");
}

#[test]
fn what_is_made_is_for_us_alone() {
    let bed = Bed::new();
    bed.cache().write(&names(1), Form::Code, b"code").expect("written");
    let folder = bed.folder.path().join("code");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("host.key")), 0o600);
    assert_eq!(mode(&bed.only_entry()), 0o600);
}

#[test]
fn starts_at_once_agree_on_one_key() {
    let bed = Bed::new();
    let keys: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| bed.cache().key)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a key"))
            .collect()
    });
    assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn the_oldest_are_removed() {
    let bed = Bed::new();
    let cache = bed.cache();
    for n in 0..60 {
        for form in Form::ALL {
            cache.write(&names(n), form, b"code").expect("written");
        }
    }
    let left = fs::read_dir(bed.folder.path().join("code"))
        .expect("the folder")
        .count();
    assert_eq!(left, 2 * super::KEPT + 1);
}
