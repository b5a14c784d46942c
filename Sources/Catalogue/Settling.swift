import FoundationEssentials

/// Decides when a file in a drop folder has come to rest. Pure: it is shown the states of files and the time, and remembers them.
///
/// A file rests when nothing has touched it for the settle time, by the file system's own clock or, where that is ahead of
/// ours (a file server), between two of our looks.
struct Settling {
    /// Seconds.
    let settleTime: Double
    private var looks: [String: Look] = [:]

    private struct Look {
        let stamp: FileStamp
        let first: Date
        var isWhole: Bool
    }

    init(settleTime: Double) { self.settleTime = settleTime }

    /// - Returns: whether the file rests. A state seen for the first time starts a new wait.
    mutating func rests(_ path: String, stamp: FileStamp, now: Date) -> Bool {
        let look: Look
        if let earlier = looks[path], earlier.stamp == stamp {
            look = earlier
        } else {
            look = Look(stamp: stamp, first: now, isWhole: false)
            looks[path] = look
        }
        let touched = Double(max(stamp.modified, stamp.changed)) / 1e9
        return now.timeIntervalSince1970 - touched >= settleTime || now.timeIntervalSince(look.first) >= settleTime
    }

    /// Whether this very state of the file has been found to be whole: it need not be opened at every poll.
    func isKnownWhole(_ path: String, stamp: FileStamp) -> Bool {
        looks[path].map { $0.stamp == stamp && $0.isWhole } ?? false
    }

    mutating func markWhole(_ path: String) { looks[path]?.isWhole = true }

    /// Forgets files of a frame that are gone, so that memory follows the folder.
    mutating func forget(under folders: [String], except paths: Set<String>) {
        looks = looks.filter { path, _ in paths.contains(path) || !folders.contains { path.hasPrefix($0 + "/") } }
    }
}
