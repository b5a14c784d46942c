public import Domain
public import FoundationEssentials

/// Where a file is.
public enum ProductLocation: Hashable, Codable, Sendable, CustomStringConvertible {
    case remote(URL)
    /// An absolute path on this machine.
    case local(path: String)

    public var description: String {
        switch self {
        case .remote(let url): url.absoluteString
        case .local(let path): path
        }
    }
}

/// One file of an interferogram.
public struct Product: Hashable, Codable, Sendable {
    public let location: ProductLocation
    /// What is known before the file is fetched; what is known of size and md5 is verified.
    public let version: ProductVersion

    public init(location: ProductLocation, version: ProductVersion) {
        self.location = location
        self.version = version
    }
}

/// The files of an interferogram that fringewatch reads.
public struct PairProducts: Hashable, Codable, Sendable {
    public let id: InterferogramID
    /// `{pair}.geo.diff_pha.tif`: wrapped phase, filtered, radians.
    public let phase: Product
    /// `{pair}.geo.cc.tif`; nil where the catalogue has none.
    public let coherence: Product?
    /// The page or folder that lists them: what an alert shows as its source.
    public let source: String
    /// What was seen of this pair and not taken.
    public let remarks: [ListingRemark]

    public init(id: InterferogramID, phase: Product, coherence: Product?, source: String, remarks: [ListingRemark] = []) {
        self.id = id
        self.phase = phase
        self.coherence = coherence
        self.source = source
        self.remarks = remarks
    }
}

/// How LiCSAR names a pair's files.
public enum LiCSARName {
    public static func phase(of pair: AcquisitionPair) -> String { "\(pair).geo.diff_pha.tif" }
    public static func coherence(of pair: AcquisitionPair) -> String { "\(pair).geo.cc.tif" }
    public static func polygon(of frame: FrameID) -> String { "\(frame)-poly.txt" }
    public static func elevation(of frame: FrameID) -> String { "\(frame).geo.hgt.tif" }

    /// JASMIN's folder of a frame's track: the relative orbit without padding.
    public static func track(of frame: FrameID) -> String { String(frame.relativeOrbit) }

    /// CEDA's: at least two digits.
    public static func paddedTrack(of frame: FrameID) -> String {
        frame.relativeOrbit < 10 ? "0\(frame.relativeOrbit)" : String(frame.relativeOrbit)
    }
}
