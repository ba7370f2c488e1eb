using System.Globalization;

namespace TlsProxy.Soak;

/// <summary>The command line of the soak.</summary>
internal sealed record SoakOptions(double Minutes, int Seed, IReadOnlyList<string> Transports, string Ktls, int Clients)
{
    /// <exception cref="ArgumentException">An option is unknown or its value is wrong; the message says which and what to do.</exception>
    public static SoakOptions Parse(string[] arguments)
    {
        var options = new SoakOptions(2, Random.Shared.Next(1, 1_000_000), ["io_uring", "epoll"], "auto", 12);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value");
            options = arguments[i] switch
            {
                "--minutes" => options with { Minutes = Number(value, arguments[i], 0.1, 10_000) },
                "--seed" => options with { Seed = (int)Number(value, arguments[i], 0, int.MaxValue) },
                "--clients" => options with { Clients = (int)Number(value, arguments[i], 1, 1000) },
                "--transport" when value is "io_uring" or "epoll" => options with { Transports = [value] },
                "--transport" when value == "both" => options,
                "--transport" => throw new ArgumentException($"--transport is io_uring, epoll or both, not '{value}'"),
                "--ktls" when value is "auto" or "both" or "tx" or "off" => options with { Ktls = value },
                "--ktls" => throw new ArgumentException($"--ktls is auto, both, tx or off, not '{value}'"),
                _ => throw new ArgumentException($"'{arguments[i]}' is not an option of the soak"),
            };
        }
        return options;
    }

    private static double Number(string value, string option, double least, double most) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{option} is a number from {least} to {most}, not '{value}'"));
}
