namespace TlsProxy.Handshake.Tests.Fuzzing;

/// <summary>Changes what a client sends, as a seed says: bits, bytes, records, and where it is cut.</summary>
internal sealed class FlightMutator(Random random)
{
    private static readonly byte[] _types = [20, 21, 22, 23, 24, 0, 255];

    /// <summary>The flight, changed or not, in the pieces in which it comes.</summary>
    public IEnumerable<byte[]> Mutate(byte[] flight)
    {
        // Many handshakes are to come far before they go wrong.
        for (var changes = random.Next(4) - 1; changes > 0 && flight.Length > 0; changes--)
            flight = Change(flight);
        var piece = random.Next(4) switch
        {
            0 => 1,
            1 => random.Next(1, 20),
            2 => random.Next(1, 1000),
            _ => int.MaxValue,
        };
        return flight.Length == 0 ? [] : flight.Chunk(piece);
    }

    private byte[] Change(byte[] flight) => random.Next(10) switch
    {
        0 or 1 => FlipBits(flight),
        2 => Overwrite(flight),
        3 => flight[..random.Next(flight.Length + 1)],
        4 => [.. flight[..random.Next(flight.Length)], .. flight[random.Next(flight.Length)..]],
        5 => Insert(flight, Garbage()),
        6 => Insert(flight, Record()),
        _ => ChangeRecords(flight),
    };

    private byte[] FlipBits(byte[] flight)
    {
        var changed = flight.ToArray();
        for (var i = random.Next(1, 9); i > 0; i--)
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    private byte[] Overwrite(byte[] flight)
    {
        var changed = flight.ToArray();
        var start = random.Next(changed.Length);
        var range = changed.AsSpan(start, random.Next(1, Math.Min(64, changed.Length - start) + 1));
        if (random.Next(3) == 0)
            range.Fill((byte)(random.Next(2) * 255));
        else
            random.NextBytes(range);
        return changed;
    }

    private byte[] Insert(byte[] flight, byte[] bytes)
    {
        var place = random.Next(flight.Length + 1);
        return [.. flight[..place], .. bytes, .. flight[place..]];
    }

    private byte[] Garbage()
    {
        var garbage = new byte[random.Next(1, random.Next(4) == 0 ? 20_000 : 64)];
        random.NextBytes(garbage);
        return garbage;
    }

    private byte[] Record()
    {
        var content = random.Next(3) == 0 ? [] : Garbage();
        var length = random.Next(4) == 0 ? random.Next(65536) : content.Length;
        return [_types[random.Next(_types.Length)], 3, (byte)random.Next(5), (byte)(length >> 8), (byte)length, .. content];
    }

    /// <summary>Drops, repeats, swaps or cuts whole records, where the flight still consists of such.</summary>
    private byte[] ChangeRecords(byte[] flight)
    {
        var records = Split(flight);
        var index = random.Next(records.Count);
        switch (random.Next(4))
        {
            case 0:
                records.RemoveAt(index);
                break;
            case 1:
                records.InsertRange(index, Enumerable.Repeat(records[index], random.Next(1, 50)));
                break;
            case 2:
                (records[0], records[index]) = (records[index], records[0]);
                break;
            default:
                records[index] = Cut(records[index]);
                break;
        }

        return [.. records.SelectMany(record => record)];
    }

    /// <summary>Lays the content of one record out in several.</summary>
    private byte[] Cut(byte[] record) => record.Length <= Wire.HeaderLength
        ? record
        : [.. record[Wire.HeaderLength..].Chunk(random.Next(1, 200))
            .SelectMany(part => (byte[])[record[0], record[1], record[2], (byte)(part.Length >> 8), (byte)part.Length, .. part])];

    private static List<byte[]> Split(byte[] flight)
    {
        var records = new List<byte[]>();
        for (var start = 0; start < flight.Length;)
        {
            var rest = flight.Length - start;
            var length = rest < Wire.HeaderLength ? rest : Math.Min(rest, Wire.HeaderLength + (flight[start + 3] << 8) + flight[start + 4]);
            records.Add(flight[start..(start + length)]);
            start += length;
        }

        return records;
    }
}
