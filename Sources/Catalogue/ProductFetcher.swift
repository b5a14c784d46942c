import Checksums
public import Domain
public import FoundationEssentials
import Transport

/// Brings the files of an interferogram to this machine, whole and checked.
///
/// Remote files are streamed into `{sha256 of the URL}.part` and go on where an earlier attempt ended, also after a restart.
/// Local files are copied: what is read must not change meanwhile. A file gets its final name only when it is verified and on disk.
public struct ProductFetcher: Sendable {
    private let connection: CatalogueConnection
    private let incoming: String
    private let sizeLimit: Int
    private let leavesRoom: Bool

    /// - Parameters:
    ///   - incoming: a folder of the fetcher's own; see ``prepare(now:)``.
    ///   - sizeLimit: bytes of one file. A full land frame has 19 MB.
    ///   - leavesRoom: whether downloads stand back behind urgent ones and listings.
    public init(connection: CatalogueConnection, incoming: URL, sizeLimit: Int = 512 << 20, leavesRoom: Bool = false) {
        self.connection = connection
        self.incoming = incoming.path
        self.sizeLimit = sizeLimit
        self.leavesRoom = leavesRoom
    }

    /// Makes the folder and clears it: finished files that a crash left behind, and parts that nobody has asked for in a week.
    public func prepare(now: Date) async throws(CatalogueError) {
        try await offPool { [incoming] () throws(CatalogueError) in
            let files: [String]
            do {
                try FileManager.default.createDirectory(atPath: incoming, withIntermediateDirectories: true)
                files = try FileManager.default.contentsOfDirectory(atPath: incoming)
            } catch {
                throw CatalogueError(
                    .storage, .retry(after: nil), subject: incoming,
                    "the folder for incoming files cannot be used; check owner and permissions: \(error)")
            }
            for file in files {
                let path = incoming + "/" + file
                let isOld = FileStamp(path: path).map { now.timeIntervalSince($0.lastModified) > 7 * 86_400 } ?? false
                if file.hasSuffix(".tif") || isOld { try DurableFile.remove(path) }
            }
        }
    }

    /// Fetches phase and coherence at the same time.
    ///
    /// - Throws: a temporary error for everything that another attempt may mend, a file that is missing or damaged in the
    ///   catalogue included: files are replaced and come back. How often to try is the caller's decision.
    public func fetch(_ products: PairProducts) async throws(CatalogueError) -> FetchedPair {
        async let phase = outcome(of: products.phase)
        async let coherence = optionalOutcome(of: products.coherence)
        let (phaseResult, coherenceResult) = await (phase, coherence)

        switch (phaseResult, coherenceResult) {
        case (.success(let phase), .success(let coherence)):
            return FetchedPair(
                id: products.id, phase: phase, coherence: coherence, coherenceProblem: nil, source: products.source)
        case (.success(let phase), .failure(let problem)) where problem.isAboutTheFile:
            return FetchedPair(id: products.id, phase: phase, coherence: nil, coherenceProblem: problem, source: products.source)
        case (.success(let phase), .failure(let error)):
            try await remove(phase.file.path)
            throw error
        case (.failure(let error), .success(let coherence)):
            if let coherence { try await remove(coherence.file.path) }
            throw error
        case (.failure(let error), .failure):
            throw error
        }
    }

    /// Fetches a file that is to be kept, such as a frame's elevation.
    /// - Parameter file: its name from then on, on the same file system as the folder for incoming files.
    /// - Throws: as ``fetch(_:)``.
    public func fetch(_ product: Product, as file: URL) async throws(CatalogueError) {
        let fetched: FetchedProduct = try await fetch(product)
        try await offPool { () throws(CatalogueError) in try DurableFile.commit(fetched.file.path, as: file.path) }
    }

    /// Removes a pair's files when they have been read.
    public func discard(_ pair: FetchedPair) async throws(CatalogueError) {
        try await remove(pair.phase.file.path)
        if let coherence = pair.coherence { try await remove(coherence.file.path) }
    }

    private func remove(_ path: String) async throws(CatalogueError) {
        try await offPool { () throws(CatalogueError) in try DurableFile.remove(path) }
    }

    private func outcome(of product: Product) async -> Result<FetchedProduct, CatalogueError> {
        do throws(CatalogueError) { return .success(try await fetch(product)) } catch { return .failure(error) }
    }

    private func optionalOutcome(of product: Product?) async -> Result<FetchedProduct?, CatalogueError> {
        guard let product else { return .success(nil) }
        return await outcome(of: product).map { $0 }
    }

    // MARK: One file

    private func fetch(_ product: Product) async throws(CatalogueError) -> FetchedProduct {
        let subject = product.location.description
        let name = incoming + "/" + Checksums.sha256(of: Data(subject.utf8))
        let (part, final) = (name + ".part", name + ".tif")
        let seen: ProductVersion
        switch product.location {
        case .remote(let url): seen = try await download(url, to: part, expected: product.version)
        case .local(let path):
            seen = try await offPool { () throws(CatalogueError) in try DurableFile.copy(path, to: part).version }
        }
        return try await offPool { () throws(CatalogueError) in
            do throws(CatalogueError) {
                let version = try ProductVerification.verify(part, subject: subject, expected: product.version, seen: seen)
                try DurableFile.commit(part, as: final)
                try DurableFile.remove(part + ".validator")
                return FetchedProduct(file: URL(filePath: final), version: version)
            } catch  where error.isAboutTheFile {
                // The next attempt must begin with the first byte.
                try DurableFile.remove(part)
                try DurableFile.remove(part + ".validator")
                throw error
            }
        }
    }

    private func download(_ url: URL, to part: String, expected: ProductVersion) async throws(CatalogueError) -> ProductVersion {
        var request = connection.request(.get, url)
        request.bodyLimit = sizeLimit
        request.timeouts = connection.downloadTimeouts
        request.leavesRoom = leavesRoom
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await connection.client.download(request, toPart: URL(filePath: part), validator: expected.entityTag)
        } catch {
            throw CatalogueError(error, subject: url.absoluteString)
        }
        guard response.isSuccess else { throw CatalogueError(response, subject: url.absoluteString) }
        return ProductVersion(lastModified: response.lastModified, entityTag: response.entityTag)
    }
}

/// The files of one interferogram on this machine. To be discarded when read.
public struct FetchedPair: Hashable, Sendable {
    public let id: InterferogramID
    public let phase: FetchedProduct
    public let coherence: FetchedProduct?
    /// Why the coherence that the catalogue lists is not there.
    public let coherenceProblem: CatalogueError?
    public let source: String
}

public struct FetchedProduct: Hashable, Sendable {
    public let file: URL
    /// As fetched: size and md5 computed here, times and tags from the server's answer. Two fetches with the same md5 are the
    /// same product, whatever the listing says of its time.
    public let version: ProductVersion
}
