public import Detection
internal import Domain
internal import FoundationEssentials

/// The model to judge with, and how it came to be the one.
public struct ModelInForce: Sendable {
    public let model: CNNModel
    /// What the store says is in force.
    public let wanted: ModelReference
    /// Why `model` is another one; nil where it is the wanted one.
    public let problem: String?
}

/// The store as it is at a moment: when it is the same again, nothing needs to be read.
public struct StoreStamp: Hashable, Sendable {
    let history: Data?
    let files: [FileStamp?]

    struct FileStamp: Hashable, Sendable {
        let bytes: Int
        let changed: Date
        /// Another one after a rename, even where size and time are the same.
        let inode: UInt64
    }
}

extension ModelStore {
    /// Reads the model in force. One that cannot be used is no reason not to start: the nearest one before it that can be used takes its
    /// place, and the problem says so.
    /// - Throws: `StoreError` where not even the shipped model can be used.
    public func loadInForce() throws(StoreError) -> ModelInForce {
        let history: PromotionHistory
        do { history = try self.history() } catch {
            return ModelInForce(model: try load(.shipped), wanted: .shipped, problem: Self.problem(error, instead: "the shipped model"))
        }
        let wanted = history.inForce
        let reason: StoreError
        do { return ModelInForce(model: try load(wanted), wanted: wanted, problem: nil) } catch { reason = error }
        for fallback in history.fallbacks {
            // A model that is damaged too is passed over: the shipped one ends the list.
            guard let model = try? load(fallback) else { continue }
            return ModelInForce(model: model, wanted: wanted, problem: Self.problem(reason, instead: model.id.description))
        }
        throw reason
    }

    private static func problem(_ error: StoreError, instead: String) -> String { "\(error); \(instead) judges instead" }

    /// What to compare to know whether anything has changed: the history, and the files of the model in force where they lie in the store.
    /// The shipped model is not looked at: an upgrade counts from the next start.
    /// - Throws: `StoreError.unreadableHistory` where the file cannot be read at all.
    public func stamp() throws(StoreError) -> StoreStamp {
        guard let data = try historyData() else { return StoreStamp(history: nil, files: []) }
        guard let history = try? Self.history(data, path: historyFile.path), case .installed = history.inForce else {
            return StoreStamp(history: data, files: [])
        }
        let weights = weights(of: history.inForce)
        return StoreStamp(history: data, files: [weights, ModelCard.location(besideWeights: weights)].map(Self.fileStamp))
    }

    private static func fileStamp(_ url: URL) -> StoreStamp.FileStamp? {
        guard let found = try? FileManager.default.attributesOfItem(atPath: url.path) else { return nil }
        return StoreStamp.FileStamp(
            bytes: found[.size] as? Int ?? 0, changed: found[.modificationDate] as? Date ?? .distantPast,
            inode: (found[.systemFileNumber] as? any BinaryInteger).map { UInt64(truncatingIfNeeded: $0) } ?? 0)
    }
}
