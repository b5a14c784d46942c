/// What somebody may have meant: the known words that are nearest to a wrong one.
public enum NearestSpelling {
    /// The candidates that are close enough to be worth showing, best first.
    ///
    /// - Parameters:
    ///   - text: what was written.
    ///   - candidates: what would have been right; order decides between equals.
    ///   - limit: at most so many.
    public static func of(_ text: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
        let wanted = FoldedText(text.prefix(longest))
        let all = Array(candidates)
        let scores = all.map { score(of: FoldedText($0), for: wanted) }
        return ranked(scores, limit: limit).map { all[$0] }
    }

    /// Indices of the best scores, best first; nil scores are left out.
    public static func ranked(_ scores: [Double?], limit: Int) -> [Int] {
        let close = scores.enumerated().compactMap { index, score in score.map { (index, $0) } }
        let best = close.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        // Where something is nearly right, worse guesses only distract.
        let cut = (best.first?.1 ?? 0) + 2
        return best.prefix(limit).filter { $0.1 <= cut }.map(\.0)
    }

    /// 0 is the same; 1 about one slip of the hand. Nil: too far to be meant.
    public static func score(of candidate: FoldedText, for wanted: FoldedText) -> Double? {
        guard !wanted.key.isEmpty, !candidate.key.isEmpty else { return nil }
        if candidate.key == wanted.key { return 0 }
        if wanted.key.utf8.count >= 3 {
            let given = Set(wanted.words)
            if given.isSubset(of: candidate.words) || Set(candidate.words).isSubset(of: given) { return 0.5 }
            if candidate.key.hasPrefix(wanted.key) { return 0.75 }
        }
        let (a, b) = (Array(wanted.key.utf8.prefix(longest)), Array(candidate.key.utf8.prefix(longest)))
        let allowed = max(1, min(a.count, b.count) / 3)
        guard abs(a.count - b.count) <= allowed else { return nil }
        let slips = editDistance(a, b)
        return slips <= allowed ? Double(slips) : nil
    }

    /// The number of letters to insert, drop, replace or swap with their neighbour (optimal string alignment).
    /// - Complexity: O(a.count x b.count).
    public static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, beforeLast[j - 2] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }

    /// Longer texts are cut: nobody misspells a name of this length, and the cost grows with its square.
    private static let longest = 80
}
