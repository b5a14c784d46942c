internal import Domain

/// Why a catalogue could not be read or a product not be fetched.
///
/// ```swift
/// catch let error where error.isTemporary { retry(after: error.retryAfter) }
/// ```
public struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What failed. The raw value is shown to people and kept in the ledger: part of the interface.
    public enum Fault: String, Codable, Sendable, CaseIterable {
        // The way to the catalogue
        case unreachable
        case busy
        case denied
        case notFound = "not-found"
        case cancelled
        // What it answers
        case unreadable
        case tooLarge = "too-large"
        case refusedLink = "refused-link"
        case phaseMissing = "phase-missing"
        case corrupted
        case onTape = "on-tape"
        // The product's file
        case empty
        case notATIFF = "not-a-tiff"
        case htmlInsteadOfTIFF = "html-instead-of-tiff"
        case incomplete
        case sizeMismatch = "size-mismatch"
        case checksumMismatch = "checksum-mismatch"
        case stillChanging = "still-changing"
        // This machine
        case diskFull = "disk-full"
        case storage
    }

    public enum Remedy: Hashable, Sendable {
        /// It may pass. `after` is what the server asks for, in seconds.
        case retry(after: Double?)
        /// It will not pass by itself: the catalogue must publish another version, or an operator must act.
        case giveUp
    }

    public let fault: Fault
    public let remedy: Remedy
    /// The URL or path.
    public let subject: String
    /// What failed and what to do, in one or two sentences.
    public let message: String

    public init(_ fault: Fault, _ remedy: Remedy, subject: String, _ message: String) {
        self.fault = fault
        self.remedy = remedy
        self.subject = subject.onOneLine(upTo: 200)
        self.message = message
    }

    public var isTemporary: Bool {
        if case .retry = remedy { true } else { false }
    }

    /// Seconds to wait, where the server asked for a pause.
    public var retryAfter: Double? {
        if case .retry(let after) = remedy { after } else { nil }
    }

    public var description: String { "\(subject): \(message) (\(fault.rawValue))" }
}
