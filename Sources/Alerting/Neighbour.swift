public import Domain

/// Another volcano in the same interferogram. Crops of half a degree overlap where volcanoes stand close together, and one source then
/// shows in several: it is told once, for the volcano that it is nearest to.
public struct Neighbour: Hashable, Sendable {
    public let name: String
    public let summit: GeoPoint
    public let finding: Finding
    /// From this P_max on the neighbour is told of it.
    public let notify: Probability

    public init(name: String, summit: GeoPoint, finding: Finding, notify: Probability) {
        self.name = name
        self.summit = summit
        self.finding = finding
        self.notify = notify
    }
}

extension [Neighbour] {
    /// The neighbour whose flag this one is: flagged within twice `samePlace`, and with its summit nearer than the volcano in question.
    ///
    /// Twice, because a source at the edge of a crop is cut off there and its place lies up to half a patch (12 km) too far inside.
    func owner(of sighting: Sighting) -> Neighbour? {
        filter { neighbour in
            neighbour.finding.pMax >= neighbour.notify
                && neighbour.finding.place.distance(to: sighting.finding.place) <= 2 * sighting.rules.samePlace
                && neighbour.summit.distance(to: sighting.finding.place) < sighting.finding.distance
        }.min { $0.summit.distance(to: sighting.finding.place) < $1.summit.distance(to: sighting.finding.place) }
    }
}
