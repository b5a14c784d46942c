import Checksums
import Domain
import FoundationEssentials

/// Whether a fetched file is what the catalogue promised.
enum ProductVerification {
    /// - Parameters:
    ///   - expected: from the listing; its size and md5 are compared.
    ///   - seen: from the answer that brought the file.
    /// - Returns: the version of the file, with its own size and md5.
    static func verify(
        _ path: String, subject: String, expected: ProductVersion, seen: ProductVersion
    ) throws(CatalogueError) -> ProductVersion {
        func fault(_ fault: CatalogueError.Fault, _ message: String) -> CatalogueError {
            CatalogueError(fault, .retry(after: nil), subject: subject, message + "; it is fetched again later")
        }
        switch try TIFFStructure.of(fileAt: path) {
        case .complete: break
        case .empty: throw fault(.empty, "the file is empty")
        case .html: throw fault(.htmlInsteadOfTIFF, "the server sent an HTML page where a TIFF file should be")
        case .notATIFF: throw fault(.notATIFF, "the file is not a TIFF")
        case .incomplete(let why): throw fault(.incomplete, "the TIFF file is truncated, \(why)")
        }
        let size = FileStamp(path: path)?.size
        if let promised = expected.size, promised != size {
            throw fault(.sizeMismatch, "the file has \(size ?? 0) bytes, the catalogue promises \(promised)")
        }
        let md5: String
        do throws(ChecksumError) {
            md5 = try Checksums.md5(ofFileAt: URL(filePath: path))
        } catch {
            throw CatalogueError(.storage, .retry(after: nil), subject: path, error.description)
        }
        if let promised = expected.md5, promised != md5 {
            throw fault(.checksumMismatch, "the file's md5 is \(md5), the catalogue promises \(promised)")
        }
        return ProductVersion(lastModified: seen.lastModified, entityTag: seen.entityTag, md5: md5, size: size)
    }
}

extension CatalogueError {
    /// Whether the file itself is missing or bad, as opposed to the way to it or this machine.
    var isAboutTheFile: Bool {
        switch fault {
        case .notFound, .empty, .notATIFF, .htmlInsteadOfTIFF, .incomplete, .sizeMismatch, .checksumMismatch, .corrupted, .onTape,
            .tooLarge, .refusedLink:
            true
        case .unreachable, .busy, .denied, .cancelled, .unreadable, .phaseMissing, .stillChanging, .diskFull, .storage: false
        }
    }
}
