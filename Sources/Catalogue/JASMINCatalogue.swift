public import Domain
public import FoundationEssentials

/// LiCSAR on JASMIN: HTML indexes under `{base}/LiCSAR_products/{track}/{frame}/interferograms/`, a manifest or folder for each pair.
public struct JASMINCatalogue: InterferogramCatalogue {
    public static let publicBase = "https://gws-access.jasmin.ac.uk/public/nceo_geohazards"

    public let name: String
    private let base: URL
    private let connection: CatalogueConnection

    /// - Parameter base: the folder that holds `LiCSAR_products`.
    public init(name: String = "jasmin", base: URL, connection: CatalogueConnection) {
        self.name = name
        self.base = base
        self.connection = connection
    }

    public func list(_ frame: FrameID, unlessUnchanged validator: ListingValidator?) async throws(CatalogueError) -> ListingAnswer {
        let index = folder(of: frame).appending(path: "interferograms/")
        guard let page = try await connection.page(index, limit: PageLimit.index, unlessUnchanged: validator) else {
            return .unchanged
        }
        let (pairs, remarks) = PairIndex.read(page.content, page: page.url, frame: frame, links: connection.links)
        return .listing(FrameListing(frame: frame, pairs: pairs, remarks: remarks, validator: page.validator))
    }

    public func products(of listed: ListedPair) async throws(CatalogueError) -> PairProducts {
        guard case .remote(let url) = listed.location else { throw .foreign(listed, to: name) }
        guard let page = try await connection.page(url, limit: PageLimit.manifest) else {
            throw CatalogueError(.unreadable, .retry(after: nil), subject: url.absoluteString, "the server sent no page")
        }
        return try PairManifest.read(page.content, page: page.url, listed: listed, links: connection.links)
    }

    public func polygon(of frame: FrameID) async throws(CatalogueError) -> FramePolygon? {
        try await connection.polygon(at: folder(of: frame).appending(path: "metadata/\(LiCSARName.polygon(of: frame))"))
    }

    public func elevation(of frame: FrameID) -> Product? {
        Product(
            location: .remote(folder(of: frame).appending(path: "metadata/\(LiCSARName.elevation(of: frame))")), version: ProductVersion())
    }

    private func folder(of frame: FrameID) -> URL {
        base.appending(path: "LiCSAR_products/\(LiCSARName.track(of: frame))/\(frame)/")
    }
}

extension CatalogueConnection {
    /// - Returns: nil where there is none.
    func polygon(at url: URL) async throws(CatalogueError) -> FramePolygon? {
        do throws(CatalogueError) {
            guard let page = try await page(url, limit: PageLimit.polygon) else { return nil }
            return try FramePolygon(content: page.content, subject: url.absoluteString)
        } catch  where error.fault == .notFound {
            return nil
        }
    }
}

extension FramePolygon {
    init(content: Data, subject: String) throws(CatalogueError) {
        do throws(FramePolygonError) {
            try self.init(parsing: String(decoding: content, as: UTF8.self))
        } catch {
            throw CatalogueError(.unreadable, .retry(after: nil), subject: subject, "\(error); it is asked for again later")
        }
    }
}

extension CatalogueError {
    static func foreign(_ listed: ListedPair, to catalogue: String) -> CatalogueError {
        CatalogueError(
            .refusedLink, .giveUp, subject: listed.location.description,
            "\(listed.id) was not listed by \(catalogue); list its frame again")
    }
}
