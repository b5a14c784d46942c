import Domain
import Volcanoes

/// Reading the section `watch`.
enum WatchSettings {
    enum Keys {
        static let all = SettingKey<Bool>("watch.all", .yesOrNo, default: "false", "Every volcano of the built-in list.")
        static let volcanoes = SettingKey("watch.volcanoes", .volcano, default: "[]", isList: true, "Volcanoes by number or name.")
        static let countries = SettingKey(
            "watch.countries", .country, default: "[]", isList: true, "All volcanoes in or on the border of these countries.")
        static let regions = SettingKey("watch.regions", .region, default: "[]", isList: true, "All volcanoes of these volcanic regions.")
        static let exclude = SettingKey(
            "watch.exclude", .volcano, default: "[]", isList: true, "Volcanoes to leave out, by number or name.")
        static let frames = SettingKey(
            "watch.frames", .frame, defaultRule: "every frame that covers a watched volcano", isList: true, "Poll these frames only.")
        static let boxes = KeyDescription(
            path: "watch.boxes", expected: "a list; each item: a mapping with south, west, north, east", fallback: "`[]`",
            isRequired: false,
            summary: "All volcanoes in these boxes. West may be greater than east: then the box crosses the 180th meridian.")
        static let south = SettingKey<Double>(
            "watch.boxes[].south", .number(-90...90), isRequired: true, "Degrees north, negative in the south.")
        static let west = SettingKey<Double>(
            "watch.boxes[].west", .number(-180...180), isRequired: true, "Degrees east, negative in the west.")
        static let north = SettingKey<Double>("watch.boxes[].north", .number(-90...90), isRequired: true, "Degrees north.")
        static let east = SettingKey<Double>("watch.boxes[].east", .number(-180...180), isRequired: true, "Degrees east.")
        static let descriptions = [
            all.description, volcanoes.description, countries.description, regions.description, boxes, south.description, west.description,
            north.description, east.description, exclude.description, frames.description,
        ]
    }

    static func read(_ reader: SectionReader) -> WatchSelection {
        let selection = WatchSelection(
            all: reader.value(Keys.all), volcanoes: reader.list(Keys.volcanoes) ?? [], countries: reader.list(Keys.countries) ?? [],
            regions: reader.list(Keys.regions) ?? [], boxes: reader.sections("boxes").compactMap(box),
            exclude: reader.list(Keys.exclude) ?? [],
            frames: reader.list(Keys.frames) ?? [])
        reader.finish()
        return selection
    }

    private static func box(_ reader: SectionReader) -> GeoBox? {
        let (south, west) = (reader.required(Keys.south), reader.required(Keys.west))
        let (north, east) = (reader.required(Keys.north), reader.required(Keys.east))
        reader.finish()
        guard let south, let west, let north, let east else { return nil }
        guard let box = GeoBox(south: south, west: west, north: north, east: east) else {
            reader.problem(at: "south", found: "a south edge north of the north edge", expected: "south no greater than north")
            return nil
        }
        return box
    }
}
