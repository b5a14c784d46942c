import Domain
import FoundationEssentials

/// CEDA's answer to `?json`: a whole directory.
struct CEDAListing: Decodable {
    struct Item: Decodable {
        let type: String
        let name: String
        /// `on_disk` or `on_tape`.
        let location: String?
        let size: Int?
        /// `2022-03-10T11:49:21`
        let lastModified: String?
        let md5: String?
        let corrupted: Bool?
        let download: String?

        enum CodingKeys: String, CodingKey {
            case type, name, location, size, md5, corrupted, download
            case lastModified = "last_modified"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            type = try values.decode(String.self, forKey: .type)
            name = try values.decode(String.self, forKey: .name)
            location = try values.decodeIfPresent(String.self, forKey: .location)
            size = try values.decodeIfPresent(Int.self, forKey: .size)
            lastModified = try values.decodeIfPresent(String.self, forKey: .lastModified)
            md5 = try values.decodeIfPresent(String.self, forKey: .md5)
            corrupted = try values.decodeIfPresent(Bool.self, forKey: .corrupted)
            download = try values.decodeIfPresent(String.self, forKey: .download)
        }

        var version: ProductVersion {
            let digits = md5?.lowercased()
            let isDigest = digits.map { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) } ?? false
            return ProductVersion(
                lastModified: lastModified.flatMap(CalendarTime.iso8601), md5: isDigest ? digits : nil,
                size: size.flatMap { $0 >= 0 ? $0 : nil })
        }

        /// Why the item cannot be fetched now; nil if it can.
        var obstacle: ListingRemark? {
            if corrupted == true { return ListingRemark(.corrupted, item: name, detail: "the catalogue marks it as corrupted") }
            if location == "on_tape" { return ListingRemark(.onTape, item: name, detail: "it is on tape and cannot be fetched") }
            return nil
        }
    }

    let items: [Item]

    /// - Throws: `CatalogueError` `unreadable` for anything that is not such a listing.
    static func read(_ content: Data, page: URL) throws(CatalogueError) -> CEDAListing {
        do {
            return try JSONDecoder().decode(CEDAListing.self, from: content)
        } catch {
            throw CatalogueError(
                .unreadable, .retry(after: nil), subject: page.absoluteString,
                "the answer is not a CEDA directory listing in JSON; the index may be failing, it is asked again later")
        }
    }

    func folders() -> [Item] { items.filter { $0.type == "dir" || $0.type == "link" } }
    func file(named name: String) -> Item? { items.first { $0.name == name && ($0.type == "file" || $0.type == "link") } }
}
