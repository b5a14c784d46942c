public import Domain

// Identities are made from what was decided, not from a counter or a clock: a step that is repeated after a crash mints the same ones.

extension EpisodeID {
    /// `353050-20240310-h4x9q`: the volcano, the later acquisition of the interferogram that opened it, and five characters that stand
    /// for the interferogram with its version, the model and the rules.
    /// - Parameters:
    ///   - version: 1 for the first published version of the interferogram, 2 for the first reprocessed one, and so on.
    ///   - rules: see `AlertRules.revision`.
    public init(openedBy interferogram: InterferogramID, version: Int, volcano: VolcanoNumber, model: ModelID, rules: String) {
        let mark = fingerprint("\(interferogram)|\(version)|\(volcano)|\(model)|\(rules)", length: 5)
        self.init("\(volcano)-\(interferogram.pair.later)-\(mark)")
    }
}

extension AlertID {
    /// `353050-20240310-h4x9q.2`: the second message of that episode.
    public init(episode: EpisodeID, revision: Int) {
        self.init("\(episode).\(revision)")
    }
}

extension AlertRules {
    /// Eight characters that change when a threshold or a rule changes.
    public var revision: String {
        fingerprint(
            "\(notify.value)|\(alert.value)|\(release.value)|\(quietDays)|\(samePlace)|\(growth)|\(historicDays)", length: 8)
    }
}

/// The 64-bit FNV-1a hash in an alphabet without vowels and look-alikes, so that no word and no misread character comes up.
private func fingerprint(_ text: String, length: Int) -> String {
    let alphabet = Array("23456789bcdfghjkmnpqrstvwxz")
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // FNV's high bits mix best; fold them down before taking remainders.
    hash ^= hash >> 32
    return String(
        (0..<length).map { _ in
            defer { hash /= UInt64(alphabet.count) }
            return alphabet[Int(hash % UInt64(alphabet.count))]
        })
}
