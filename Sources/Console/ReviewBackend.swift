public import Domain
public import FoundationEssentials

/// What the console asks the daemon about verdicts and models.
public protocol ReviewBackend: Sendable {
    func waitingForReview(_ query: WaitingQuery) async throws -> [WaitingReport]
    /// All verdicts, those superseded by later ones too, oldest first.
    func verdicts() async throws -> [ReviewVerdict]
    /// The crop of a verdict, a GeoTIFF; nil where none is kept.
    func crop(ofVerdict number: Int) async throws -> Data?
    /// Newest first.
    func modelChanges(limit: Int) async throws -> [ModelChangeReport]

    func record(_ order: VerdictOrder) async throws -> VerdictReport
}
