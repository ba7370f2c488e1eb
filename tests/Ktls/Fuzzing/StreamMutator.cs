namespace TlsProxy.Ktls.Tests.Fuzzing;

/// <summary>Changes a stream of records as a seed says.</summary>
internal static class StreamMutator
{
    public static byte[] Mutate(byte[] stream, Random random)
    {
        var place = random.Next(stream.Length);
        var end = random.Next(place, stream.Length + 1);
        switch (random.Next(6))
        {
            case 0:
                return stream[..place];
            case 1:
                return [.. stream[..place], .. stream[end..]];
            case 2:
                return [.. stream[..end], .. stream[place..]];
            case 3:
                var garbage = new byte[random.Next(1, 40)];
                random.NextBytes(garbage);
                return [.. stream[..place], .. garbage, .. stream[place..]];
            case 4:
                var noise = new byte[stream.Length];
                random.NextBytes(noise);
                // Beginnings of records that could be right.
                (noise[0], noise[1], noise[3 % noise.Length]) = (23, 3, (byte)random.Next(0x42));
                return noise;
            default:
                var changed = stream.ToArray();
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                    changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                return changed;
        }
    }
}
