using System.CommandLine;
using Microsoft.Extensions.Configuration;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Options that come from the environment or a JSON file, made into arguments, so that every way of setting one is read and checked alike.
/// The command line goes before the environment, the environment before the file.</summary>
internal static class ConfiguredArguments
{
    private const string Prefix = "TLSPROXY_";
    private const string ConfigOption = "--config";

    /// <summary>Adds the options that the arguments don't name.</summary>
    /// <param name="variable">Gives the value of a variable of the environment, or null.</param>
    /// <exception cref="StartException">The file can't be read, or names an option that there isn't.</exception>
    public static string[] Complete(RootCommand root, string[] args, Func<string, string?> variable)
    {
        var command = root.Subcommands.FirstOrDefault(known => args.Length > 0 && known.Name == args[0]);
        if (command is null)
            return args;
        var named = Named(args, ConfigOption);
        var path = named ?? variable(Prefix + "CONFIG");
        var file = ReadFile(path, command);
        var completed = new List<string>(args);
        if (path is not null && named is null && command.Options.Any(option => option.Name == ConfigOption))
            completed.Add($"{ConfigOption}={path}");
        foreach (var option in command.Options.Where(option => option.Name.StartsWith("--", StringComparison.Ordinal)))
        {
            if (option.Name == ConfigOption || Array.Exists(args, argument => IsNamed(argument, option.Name)))
                continue;
            var name = option.Name[2..];
            var set = variable(Prefix + name.Replace('-', '_').ToUpperInvariant());
            foreach (var value in set is null ? Values(file, name) : set.Split(',', StringSplitOptions.TrimEntries))
                completed.Add($"{option.Name}={value}");
        }

        return [.. completed];
    }

    private static bool IsNamed(string argument, string option) =>
        argument == option || argument.StartsWith(option + '=', StringComparison.Ordinal) || argument.StartsWith(option + ':', StringComparison.Ordinal);

    private static string? Named(string[] args, string option)
    {
        var index = Array.FindIndex(args, argument => IsNamed(argument, option));
        if (index < 0)
            return null;
        return args[index].Length > option.Length ? args[index][(option.Length + 1)..] : args.ElementAtOrDefault(index + 1);
    }

    private static IConfiguration? ReadFile(string? path, Command command)
    {
        if (path is null)
            return null;
        IConfiguration file;
        try
        {
            file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false).Build();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new StartException($"{ConfigOption}: {path} can't be read ({exception.GetBaseException().Message}); name a file with one JSON object.");
        }

        var unknown = file.GetChildren().FirstOrDefault(
            child => child.Key != RuleFile.Section && !command.Options.Any(option => option.Name == "--" + child.Key && option.Name != ConfigOption));
        if (unknown is not null)
            throw new StartException($"{ConfigOption}: {path} sets {unknown.Key}, and there is no such option; --help lists them.");
        var nested = file.GetChildren().FirstOrDefault(child => child.Key != RuleFile.Section && !IsValueOrList(child));
        return nested is null
            ? file
            : throw new StartException($"{ConfigOption}: {path} sets {nested.Key} to what is neither a value nor a list of values; write it as on the command line.");
    }

    private static bool IsValueOrList(IConfigurationSection section) =>
        section.Value is not null || section.GetChildren().All(child => int.TryParse(child.Key, out _) && child.Value is not null);

    private static IEnumerable<string> Values(IConfiguration? file, string name)
    {
        var section = file?.GetSection(name);
        if (section is null)
            return [];
        return section.Value is { } value ? [value] : section.GetChildren().Select(child => child.Value!);
    }
}
