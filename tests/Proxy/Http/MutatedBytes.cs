using System.Text;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>Messages that are damaged at random, for parsers.</summary>
internal static class MutatedBytes
{
    /// <summary>Changes, drops, doubles or inserts some bytes; those that matter to a parser more often.</summary>
    public static byte[] Of(Random random, string[][] seeds)
    {
        var kind = seeds[random.Next(seeds.Length)];
        var bytes = Encoding.Latin1.GetBytes(kind[random.Next(kind.Length)]).ToList();
        for (var change = random.Next(4); change > 0; change--)
        {
            var position = random.Next(bytes.Count);
            var octet = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"\r\n :;=,\t\0/%.\"\\0"[random.Next(15)];
            switch (random.Next(4))
            {
                case 0:
                    bytes[position] = octet;
                    break;
                case 1:
                    bytes.Insert(position, octet);
                    break;
                case 2 when bytes.Count > 1:
                    bytes.RemoveAt(position);
                    break;
                default:
                    bytes.Insert(position, bytes[position]);
                    break;
            }
        }

        return [.. bytes];
    }
}
