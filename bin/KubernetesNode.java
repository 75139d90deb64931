import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * For bin/kubernetes-check: the API server of fabric8 (the client that Spark uses), which keeps what it is told in memory, and a node that
 * does with a pod of Spark's what the entry point of its image does, as a process of this machine. The rest of a cluster is not there:
 * images, volumes but configuration, networks, accounts, and the enforcement of limits.
 *
 * <p>Pods leave their descriptions and logs in the directory that it is given.
 */
public final class KubernetesNode implements Watcher<Pod> {
  private static final String ADDRESS = "127.0.0.1";
  private static final int NOT_FOUND = 404;
  private static final String NAMESPACE = "default";
  private static final Logger REQUESTS = Logger.getLogger("io.fabric8.mockwebserver");

  private final KubernetesClient client;
  private final Path pods;
  private final String sparkHome = System.getenv("SPARK_HOME");
  private final Map<String, Process> running = new ConcurrentHashMap<>();

  private KubernetesNode(KubernetesClient client, Path pods) {
    this.client = client;
    this.pods = pods;
  }

  public static void main(String[] args) throws Exception {
    REQUESTS.setLevel(Level.WARNING);
    KubernetesMockServer server =
        new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new SparksResources(), false);
    server.init(InetAddress.getByName(ADDRESS), Integer.parseInt(args[1]));
    KubernetesClient client = server.createClient();
    KubernetesNode node = new KubernetesNode(client, Files.createDirectories(Path.of(args[0])));
    client.pods().inNamespace(NAMESPACE).watch(node);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> node.running.values().forEach(Process::destroy)));
    System.out.println("Kubernetes is up");
    Thread.currentThread().join();
  }

  /** What Spark needs of an API server and fabric8's does not do. */
  private static final class SparksResources extends KubernetesCrudDispatcher {
    /** Spark applies services and configuration that are not there. */
    @Override
    public MockResponse handlePatch(RecordedRequest request) {
      String path = request.getPath();
      if (!path.contains("fieldManager=") || handleGet(path.substring(0, path.indexOf('?'))).code() != NOT_FOUND) {
        return super.handlePatch(request);
      }
      return handleCreate(post(request, path.substring(0, path.substring(0, path.indexOf('?')).lastIndexOf('/')), request.getUtf8Body()));
    }

    /** A pod has a status from the beginning, and Spark counts on it. */
    @Override
    public MockResponse handleCreate(RecordedRequest request) {
      if (!request.getPath().endsWith("/pods")) {
        return super.handleCreate(request);
      }
      Pod pod = Serialization.unmarshal(request.getUtf8Body(), Pod.class);
      pod.setStatus(new PodStatusBuilder().withPhase("Pending").withStartTime(Instant.now().toString()).build());
      return super.handleCreate(post(request, request.getPath(), Serialization.asJson(pod)));
    }

    private static RecordedRequest post(RecordedRequest request, String path, String body) {
      return new RecordedRequest(request.getHttpVersion(), HttpMethod.POST, path, request.getHeaders(), new Buffer(body.getBytes(UTF_8)));
    }
  }

  @Override
  public void eventReceived(Action action, Pod pod) {
    String name = pod.getMetadata().getName();
    if (action == Action.ADDED) {
      start(name, pod);
    } else if (action == Action.DELETED && running.containsKey(name)) {
      running.get(name).destroy();
    }
  }

  @Override
  public void onClose(WatcherException cause) {
    throw new IllegalStateException("The node sees nothing any more", cause);
  }

  private void start(String name, Pod pod) {
    try {
      Path directory = Files.createDirectory(pods.resolve(name));
      Files.writeString(directory.resolve("pod.yaml"), Serialization.asYaml(pod));
      Container container = pod.getSpec().getContainers().get(0);
      Map<String, String> environment = environment(name, container);
      List<String> command =
          container.getArgs().get(0).equals("executor")
              ? executor(environment)
              : driver(environment, container.getArgs(), mounts(pod, directory));
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
      builder.redirectOutput(directory.resolve("log").toFile());
      builder.environment().putAll(environment);
      builder.environment().put("SPARK_HOME", sparkHome);
      Process process = builder.start();
      Files.writeString(directory.resolve("pid"), Long.toString(process.pid()));
      running.put(name, process);
      say(name, "Running");
      process.onExit().thenAccept(ended -> ended(name, ended.exitValue()));
      System.out.println("started " + name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> environment(String name, Container container) {
    Map<String, String> environment = new HashMap<>();
    for (EnvVar variable : container.getEnv()) {
      String value = variable.getValue();
      if (variable.getValueFrom() != null) {
        value = variable.getValueFrom().getFieldRef().getFieldPath().equals("metadata.name") ? name : ADDRESS;
      }
      environment.put(variable.getName(), value == null ? "" : value);
    }
    return environment;
  }

  private List<String> executor(Map<String, String> environment) {
    List<String> command = new ArrayList<>(List.of("java"));
    for (int i = 0; environment.containsKey("SPARK_JAVA_OPT_" + i); i++) {
      command.add(environment.get("SPARK_JAVA_OPT_" + i));
    }
    String memory = environment.get("SPARK_EXECUTOR_MEMORY");
    command.addAll(List.of("-Xms" + memory, "-Xmx" + memory, "-cp", sparkHome + "/jars/*"));
    command.add("org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend");
    Map<String, String> options =
        Map.of(
            "--driver-url", "SPARK_DRIVER_URL", "--executor-id", "SPARK_EXECUTOR_ID", "--cores", "SPARK_EXECUTOR_CORES",
            "--app-id", "SPARK_APPLICATION_ID", "--hostname", "SPARK_EXECUTOR_POD_IP", "--podName", "SPARK_EXECUTOR_POD_NAME",
            "--resourceProfileId", "SPARK_RESOURCE_PROFILE_ID");
    options.forEach((option, variable) -> command.addAll(List.of(option, environment.get(variable))));
    return command;
  }

  /** The names of services are known to a cluster's name server alone: the driver is where it is. */
  private List<String> driver(Map<String, String> environment, List<String> arguments, Map<String, Path> mounts) {
    List<String> command = new ArrayList<>(List.of(sparkHome + "/bin/spark-submit"));
    command.addAll(List.of("--conf", "spark.driver.bindAddress=" + environment.get("SPARK_DRIVER_BIND_ADDRESS")));
    command.addAll(List.of("--conf", "spark.driver.host=" + ADDRESS, "--deploy-mode", "client"));
    arguments.stream().skip(1).map(argument -> mounted(argument, mounts)).forEach(command::add);
    return command;
  }

  /** Where the pod's configuration is on this machine, by where the pod expects it. */
  private Map<String, Path> mounts(Pod pod, Path directory) throws IOException {
    Map<String, Path> mounts = new HashMap<>();
    for (VolumeMount mount : pod.getSpec().getContainers().get(0).getVolumeMounts()) {
      mounts.put(mount.getMountPath(), directory.resolve(mount.getName()));
    }
    for (Volume volume : pod.getSpec().getVolumes()) {
      if (volume.getConfigMap() != null) {
        Path files = Files.createDirectory(directory.resolve(volume.getName()));
        Map<String, String> content = configMap(volume.getConfigMap().getName()).getData();
        for (KeyToPath item : volume.getConfigMap().getItems()) {
          Files.writeString(files.resolve(item.getPath()), mounted(content.get(item.getKey()), mounts));
        }
      }
    }
    return mounts;
  }

  private static String mounted(String text, Map<String, Path> mounts) {
    String mounted = text;
    for (Map.Entry<String, Path> mount : mounts.entrySet()) {
      if (mount.getKey().startsWith("/opt/spark/")) {
        mounted = mounted.replace(mount.getKey(), mount.getValue().toString());
      }
    }
    return mounted;
  }

  /** Spark makes it after the pod, whose start waits for it. */
  private ConfigMap configMap(String name) {
    return client.configMaps().inNamespace(NAMESPACE).withName(name).waitUntilCondition(Objects::nonNull, 30, TimeUnit.SECONDS);
  }

  private void ended(String name, int code) {
    System.out.println("ended " + name + " with " + code);
    running.remove(name);
    if (client.pods().inNamespace(NAMESPACE).withName(name).get() != null) {
      say(name, code == 0 ? "Succeeded" : "Failed");
    }
  }

  private void say(String name, String phase) {
    client
        .pods()
        .inNamespace(NAMESPACE)
        .withName(name)
        .edit(pod -> new PodBuilder(pod).editOrNewStatus().withPhase(phase).withPodIP(ADDRESS).endStatus().build());
  }
}
